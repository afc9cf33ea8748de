"""The words about payment plans: what is agreed, and what is wrong with a row."""

from odoo.tools.translate import LazyTranslate

from ..schedules.plans import MAX_ROWS, MAX_YEARS
from .days import say_day
from .filled import fill_in

_lt = LazyTranslate(__name__)

# By the code of a ``Problem``; those of a row begin with its number.
PROBLEM_SENTENCES = {
    "empty": _lt("Add at least one part."),
    "many": _lt("These are %(count)s parts; a plan has at most %(most)s."),
    "less": _lt("The parts leave %(amount)s of what is open. Add it to one of them."),
    "more": _lt("The parts come to %(amount)s more than is open. Take it off one."),
    "undated": _lt("Part %(row)s: choose a date."),
    "past": _lt("Part %(row)s: %(date)s is over. Choose today or a later day."),
    "early": _lt(
        "Part %(row)s: %(date)s is before the invoice date. Choose that day or a later "
        "one."
    ),
    "invoiced_far": _lt(
        "The invoice date is more than %(years)s years ahead: no part can be charged "
        "before it, and none can be so late. Correct the date of the invoice first."
    ),
    "far": _lt("Part %(row)s: %(date)s is more than %(years)s years ahead."),
    "same_day": _lt(
        "Part %(row)s: the part before it is on %(date)s as well. Make one of the two, "
        "or choose a later day."
    ),
    "unordered": _lt(
        "Part %(row)s: %(date)s is before the part above it. Put the parts in the "
        "order of their days."
    ),
    "nothing": _lt("Part %(row)s: the amount must be more than zero."),
    "precision": _lt(
        "Part %(row)s: %(value)s cannot be paid in %(currency)s, the smallest amount "
        "is %(smallest)s."
    ),
}


def get_problem_words(env, problem, rows, currency):
    """Return what is wrong with a plan, as a sentence.

    :param problem: a ``Problem``
    :param rows: the rows that it is about
    """
    day = problem.place is not None and rows[problem.place].date
    return fill_in(
        env,
        PROBLEM_SENTENCES[problem.code],
        row=(problem.place or 0) + 1,
        date=say_day(env, day) if day else "",
        count=problem.amount,
        most=MAX_ROWS,
        years=MAX_YEARS,
        amount=currency.format(abs(problem.amount) * currency.rounding),
    )


def get_precision_words(env, place, value, currency):
    """Return that an amount has more digits than its currency, as a sentence.

    :param int place: of the row, from 0
    :param float value: what was typed
    """
    return fill_in(
        env,
        PROBLEM_SENTENCES["precision"],
        row=place + 1,
        value=value,
        currency=currency.name,
        smallest=currency.format(currency.rounding),
    )


def get_ended_words(env, plan, move):
    """Return why a plan does not hold for its invoice any more, "" when it does."""
    if plan.partner_id != move.commercial_partner_id:
        return env._(
            "The payment plan has ended: %(customer)s agreed to it and does not pay "
            "this invoice any more. It is charged by its payment terms.",
            customer=plan.partner_id.name or plan.partner_id.display_name,
        )
    if plan.currency_id != move.currency_id:
        return env._(
            "The payment plan has ended: it was agreed in %(agreed)s, and the invoice "
            "is in %(currency)s now. It is charged by its payment terms.",
            agreed=plan.currency_id.name,
            currency=move.currency_id.name,
        )
    return ""


def get_raised_words(env, move, raised):
    """Return that more was put on an invoice than its plan covers.

    :param float raised: so much of that is open (major units)
    :return: (summary, sentences for a note)
    """
    amount = move.currency_id.format(raised)
    summary = env._("%s is above the agreed payment plan", amount)
    note = env._(
        "%(invoice)s was raised after its payment plan was agreed. The plan goes on as "
        "agreed; %(amount)s is in no part of it and is not charged. Press Change Plan "
        "once the customer agrees to a new one, or End Plan.",
        invoice=move.name or move.display_name,
        amount=amount,
    )
    return summary, note


def get_plan_text(env, move, rows):
    """Return what the customer agrees to, in the language of the environment.

    :param rows: (date, amount in major units) of the parts to come
    """
    lines = [
        env._(
            "%(company)s charges what is open of invoice %(invoice)s, %(amount)s, in "
            "these parts, each on its day or the next run after it:",
            company=move.company_id.display_name,
            invoice=move.name,
            amount=move.currency_id.format(sum(amount for _day, amount in rows)),
        )
    ]
    lines += [
        env._(
            "%(number)s. %(date)s: %(amount)s",
            number=number,
            date=say_day(env, day, year=True),
            amount=move.currency_id.format(amount),
        )
        for number, (day, amount) in enumerate(rows, start=1)
    ]
    lines.append(
        env._(
            "Whatever is paid in another way pays the oldest part first and is not "
            "charged again."
        )
    )
    return "\n".join(lines)
