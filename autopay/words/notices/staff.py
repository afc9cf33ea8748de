"""The words of mails to a company's own people; names in them are other people's."""

from datetime import timedelta

from markupsafe import Markup

from odoo import fields
from odoo.tools.translate import LazyTranslate

from ...const.notices.staff import REPORT_ROWS
from ..amounts import format_amount, format_sums
from ..days import say_day
from ..declines.advice import get_decline_sentence, get_staff_advice
from ..filled import fill_in

_lt = LazyTranslate(__name__)

RUN_TITLE = _lt("Run %(name)s: %(collected)s collected, %(failed)s failed")
RUNS_TITLE = _lt(
    "Runs %(first)s to %(last)s: %(collected)s collected, %(failed)s failed"
)
RUN_NOTHING = _lt("nothing")
FAILURES_TITLE = _lt("Failed charges: %(count)s, %(amount)s")
ANSWER_TITLE = _lt("Answer by %(date)s: %(what)s")

COLLECTED = _lt("Collected")
PENDING = _lt("At the bank")
FAILED = _lt("Failed")
UNCONFIRMED = _lt("Unconfirmed")
SKIPPED = _lt("Skipped")
COUNTED = _lt("%(count)s, %(amount)s")
INVOICES = _lt("%(count)s invoices")
MORE = _lt("And %(count)s more.")

CUSTOMER = _lt("Customer")
AMOUNT = _lt("Amount")
WHY = _lt("Why")
NEXT = _lt("What happens next")

RETRIED = _lt("Will be tried again on %(date)s.")
PAID = _lt("Paid meanwhile.")
CONFIRM = _lt("Waits until the customer confirms it with the bank.")
ELIGIBLE = _lt("On autopay again: the next run looks at it.")

CELL = Markup('<td style="padding: 4px 12px 4px 0px; vertical-align: top;">%s</td>')
HEAD = Markup(
    '<th style="padding: 4px 12px 4px 0px; text-align: left; color: #6c757d;">%s</th>'
)
ROW = Markup("<tr>%s</tr>")
TABLE = Markup(
    '<table border="0" cellpadding="0" cellspacing="0" '
    'style="margin: 0px 0px 12px 0px; font-size: 14px;">%s</table>'
)
PARAGRAPH = Markup('<p style="margin: 0px 0px 12px 0px;">%s</p>')
LINK = Markup('<a href="%s">%s</a>')


def get_sums(env, sums):
    """Return amounts of several currencies in words, *nothing* for none.

    :param dict sums: {``res.currency``: amount in major units}
    """
    return format_sums(env, sums) or env._(RUN_NOTHING)


# === A RUN === #


def get_run_title(env, runs, sums):
    """Return what a run, or several that belong together, collected and what failed.

    :param dict sums: {group of states: {currency: amount}}
    """
    names = sorted(runs.mapped("name"))
    return fill_in(
        env,
        RUNS_TITLE if len(runs) > 1 else RUN_TITLE,
        name=names[0],
        first=names[0],
        last=names[-1],
        collected=get_sums(env, sums.get("collected", {})),
        failed=get_sums(env, sums.get("failed", {})),
    )


def get_run_details(env, runs, sums):
    """Return the totals of runs as a table, and why providers were left alone."""
    lines = [
        (COLLECTED, "charged_count", "collected"),
        (PENDING, "pending_count", "pending"),
        (FAILED, "failed_count", "failed"),
        (UNCONFIRMED, "open_count", "open"),
    ]
    counted = [(*line, sum(runs.mapped(line[1]))) for line in lines]
    rows = [
        (env._(label), _get_counted(env, count, sums.get(group, {})))
        for label, _name, group, count in counted
        if count
    ]
    if skipped := sum(runs.mapped("skipped_count")):
        rows.append((env._(SKIPPED), _get_skipped(env, runs, skipped)))
    details = get_table(rows)
    for text in sorted({run.stopped_text for run in runs if run.stopped_text}):
        details += PARAGRAPH % text
    return details


def _get_skipped(env, runs, count):
    """Return why a run left invoices alone; of several runs, how many they left."""
    if len(runs) > 1:
        return fill_in(env, INVOICES, count=count)
    return Markup("<br/>").join((runs.skipped_text or "").split("\n"))


def _get_counted(env, count, sums):
    return fill_in(env, COUNTED, count=count, amount=get_sums(env, sums))


# === FAILURES === #


def get_failures_title(env, count, sums):
    """Return how many charges failed, and how much they come to."""
    return fill_in(env, FAILURES_TITLE, count=count, amount=get_sums(env, sums))


def get_failures_table(env, rows):
    """Return what failed, why, and what happens next, as a table.

    :param rows: [``FailureRow``]
    """
    head = [env._(label) for label in (CUSTOMER, AMOUNT, WHY, NEXT)]
    cells = [
        (
            LINK % (row.url, row.customer),
            _get_row_amount(env, row),
            row.reason,
            row.next_step,
        )
        for row in rows[:REPORT_ROWS]
    ]
    details = get_table(cells, head)
    more = len(rows) - REPORT_ROWS
    return details + (PARAGRAPH % fill_in(env, MORE, count=more) if more > 0 else "")


def _get_row_amount(env, row):
    amount = get_sums(env, row.sums)
    if len(row.names) == 1:
        return Markup("%s<br/>%s") % (amount, row.names[0])
    return Markup("%s<br/>%s") % (amount, fill_in(env, INVOICES, count=len(row.names)))


def get_next_words(env, attempt, moves, retry_date):
    """Return what happens after a charge failed, for staff.

    :param moves: its invoices of which something is open
    :param retry_date: the day of the next try, or False
    """
    if attempt.state == "action_required":
        return env._(CONFIRM)
    if not moves:
        return env._(PAID)
    if retry_date:
        return fill_in(env, RETRIED, date=say_day(env, retry_date))
    if "error" not in moves.mapped("autopay_status"):
        return env._(ELIGIBLE)
    return get_staff_advice(env, attempt.decline_code, attempt.decline_class)


# === MONEY THAT WENT BACK === #


def get_answer_title(env, what, day):
    """Return until when a dispute is to be answered.

    :param str what: the dispute in words
    """
    return fill_in(env, ANSWER_TITLE, what=what, date=say_day(env, day))


def get_paragraphs(sentences):
    """Return sentences below each other."""
    return Markup("").join(PARAGRAPH % words for words in sentences if words)


def get_table(rows, head=()):
    """Return cells as a table in HTML; what is no HTML yet is escaped."""
    lines = [Markup("").join(HEAD % label for label in head)] if head else []
    lines += [Markup("").join(CELL % cell for cell in row) for row in rows]
    return TABLE % Markup("").join(ROW % line for line in lines)


# === SAMPLES === #


def get_staff_sample(env, kind, currency):
    """Return headline and details of a mail about a charge that never was.

    :param str kind: of the notice
    """
    amount = format_amount(env, currency, 100)
    reason = get_decline_sentence(env, "insufficient_funds", "later")
    day = fields.Date.today() + timedelta(days=3)
    retried = fill_in(env, RETRIED, date=say_day(env, day))
    if kind == "staff_run":
        values = {"name": "RUN/2026/00001", "collected": amount, "failed": amount}
        counted = fill_in(env, COUNTED, count=1, amount=amount)
        rows = [(env._(COLLECTED), counted), (env._(FAILED), counted)]
        return fill_in(env, RUN_TITLE, **values), get_table(rows)
    if kind == "staff_failures":
        row = ("Green Valley Dairy", amount, reason, retried)
        head = [env._(label) for label in (CUSTOMER, AMOUNT, WHY, NEXT)]
        title = fill_in(env, FAILURES_TITLE, count=1, amount=amount)
        return title, get_table([row], head)
    what = f"{amount}, INV/2026/00001"
    if kind == "staff_answer":
        return get_answer_title(env, what, day), Markup("")
    return what, Markup("")
