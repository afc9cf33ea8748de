"""The words about an invoice that is payable in parts: what came and what comes."""

from ..days import say_day

# Blockers with which it is said which part comes when: time alone is in the way.
COMING_BLOCKERS = (False, "date_not_reached", "retry_not_due", "on_hold", "failed")
# Attempts that hold the invoice: the next part waits for them.
HELD_BLOCKERS = (
    "being_charged",
    "outcome_unknown",
    "debit_pending",
    "needs_authentication",
    "not_booked",
)


def get_parts_words(env, decision):
    """Return which parts of the invoice are paid and what comes next.

    :return: sentences; empty when the invoice is not divided
    """
    share = decision.share
    if not share or share.parts < 2:
        return ""
    if decision.blocker in HELD_BLOCKERS and decision.waiting:
        return _get_waiting_words(env, decision)
    if decision.blocker not in COMING_BLOCKERS or not share.amount:
        return ""
    currency = decision.move.currency_id
    # Parts that credit notes have paid count as well: they were not collected.
    values = {"paid": share.collected, "parts": share.parts}
    if share.is_due(decision.today):
        words = [
            env._("%(paid)s of %(parts)s parts paid.", **values),
            _get_next_words(env, share, currency),
        ]
    else:
        words = [
            env._(
                "%(paid)s of %(parts)s paid, %(amount)s on %(date)s.",
                **values,
                amount=currency.format(share.amount),
                date=say_day(env, share.day),
            )
        ]
    words += [
        _get_small_words(env, share, currency),
        _get_beyond_words(env, share, currency),
    ]
    return " ".join(filter(None, words))


def _get_next_words(env, share, currency):
    """Return what the charge after this one takes, and when."""
    if not share.next_day:
        return ""
    return env._(
        "The next, %(amount)s, is charged on %(date)s.",
        amount=currency.format(share.next_amount),
        date=say_day(env, share.next_day),
    )


def _get_small_words(env, share, currency):
    """Return what goes along as it is too small to be charged by itself."""
    words = []
    if share.late:
        words.append(
            env._(
                "%(amount)s of it was due before and was too little to be charged by "
                "itself.",
                amount=currency.format(share.late),
            )
        )
    if share.early:
        words.append(
            env._(
                "%(amount)s of it is due later and would be too little to be charged "
                "by itself.",
                amount=currency.format(share.early),
            )
        )
    return " ".join(words)


def _get_beyond_words(env, share, currency):
    """Return that more is open than its plan covers."""
    if not share.beyond:
        return ""
    return env._(
        "%(amount)s was put on the invoice after its plan was agreed: it is not "
        "charged before somebody agrees to that.",
        amount=currency.format(share.beyond),
    )


def _get_waiting_words(env, decision):
    """Return that the next part waits for the charge that is under way."""
    attempt = decision.waiting
    move = decision.move
    own = attempt.line_ids.filtered(lambda line: line.move_id == move._origin)
    due = env["autopay.due"]._get_due_after(
        move, sum(own.mapped("amount")), decision.today
    )
    if not due.amount or not due.day:
        return ""
    return env._(
        "The next part, %(amount)s on %(date)s, waits for the charge of %(charge)s.",
        amount=move.currency_id.format(due.amount),
        date=say_day(env, due.day),
        charge=attempt.currency_id.format(attempt.amount),
    )
