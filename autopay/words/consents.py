"""The words that tell what a consent sets in motion, before it is recorded."""

from collections import Counter

from .days import say_day

# So many days are told one by one.
TOLD_DAYS = 4


def get_preview_text(env, forecast, token, labels):
    """Return which open invoices would be charged when, as sentences.

    :param forecast: a ``Forecast`` of the customer's open invoices
    :param token: the method that is asked about; charges of others are not told
    :param dict labels: {code: label} of the reasons not to charge
    """
    charges = [each for each in forecast.charges if each.decision.token == token]
    charged = {each.decision.move for each in forecast.charges}
    blocked = [
        decision for move, decision in forecast.blocked.items() if move not in charged
    ]
    sentences = [_get_charged_words(env, charges, token, forecast.today)]
    if blocked:
        sentences.append(_get_blocked_words(env, blocked, labels))
    return "\n".join(sentences)


def _get_charged_words(env, charges, token, today):
    method = token._get_autopay_label()
    if not charges:
        return env._(
            "No open invoice will be charged with %s. Invoices that are put on autopay "
            "later will be, on their autopay date.",
            method,
        )
    values = {
        "count": len({each.decision.move for each in charges}),
        "total": _get_total(charges),
        "method": method,
        "days": _get_days_words(env, charges, today),
    }
    if values["count"] == 1:
        return env._(
            "1 open invoice, %(total)s, will be charged with %(method)s: %(days)s.",
            **values,
        )
    return env._(
        "%(count)s open invoices, %(total)s, will be charged with %(method)s: "
        "%(days)s.",
        **values,
    )


def _get_total(charges):
    totals = Counter()
    for each in charges:
        totals[each.decision.move.currency_id] += each.decision.amount
    return ", ".join(currency.format(amount) for currency, amount in totals.items())


def _get_days_words(env, charges, today):
    """Return how many charges are made on which day: "2 at the next run, 1 on ..."."""
    days = Counter(each.day for each in charges)
    told = sorted(days)[:TOLD_DAYS]
    words = [_get_day_words(env, days[day], day, today) for day in told]
    if later := sum(days.values()) - sum(days[day] for day in told):
        last = say_day(env, max(days), today)
        words.append(env._("%(count)s later, until %(date)s", count=later, date=last))
    return ", ".join(words)


def _get_day_words(env, count, day, today):
    if day <= today:
        return env._("%s at the next run", count)
    date = say_day(env, day, today)
    return env._("%(count)s on %(date)s", count=count, date=date)


def _get_blocked_words(env, blocked, labels):
    """Return how many invoices are not charged, and why."""
    counts = Counter(decision.blocker for decision in blocked)
    reasons = ", ".join(
        f"{labels[blocker]} ({count})" for blocker, count in counts.most_common()
    )
    if len(blocked) == 1:
        return env._("1 open invoice stays as it is: %s.", reasons)
    return env._(
        "%(count)s open invoices stay as they are: %(reasons)s.",
        count=len(blocked),
        reasons=reasons,
    )
