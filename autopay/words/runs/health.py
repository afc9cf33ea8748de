"""The sentences on how the engine is, for staff."""

from dataclasses import dataclass
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo.tools import format_date, format_time
from odoo.tools.translate import LazyTranslate

from ..filled import fill_in

_lt = LazyTranslate(__name__)

SILENCE = _lt(
    "Autopay has not looked at the invoices of %(company)s since %(since)s: nothing "
    "due is charged. Have an administrator look at the scheduled actions of Autopay."
)
LOOKED = _lt("%(company)s: due invoices were last looked at on %(since)s.")
NEVER = _lt("%(company)s: due invoices were not looked at yet.")
OFF = _lt("%(company)s: Autopay is switched off.")
COPIED = _lt("%(company)s: another database charges for this company.")
STOPPED = _lt("%(company)s: %(reason)s")
REACHED = _lt("%(company)s: the provider was reachable in the last run.")
INTERRUPTED = _lt("%(company)s: runs that ended too early in the last days: %(count)s.")
UNSENT = _lt("%(company)s: mails that should be sent by now: %(count)s.")
BOOKS = {
    "agrees": _lt("%(company)s: books and provider agree, checked on %(since)s."),
    "differs": _lt("%(company)s: books and provider differ, checked on %(since)s."),
    "incomplete": _lt(
        "%(company)s: the provider could not be read to the end on %(since)s."
    ),
}
JOBS = {
    "off": _lt("The scheduled action “%(name)s” is switched off."),
    "deleted": _lt(
        "The scheduled action “%(name)s” was deleted. Have an administrator upgrade "
        "the app: that makes it anew."
    ),
    "failing": _lt("The scheduled action “%(name)s” has failed since %(since)s."),
    "overdue": _lt(
        "The scheduled action “%(name)s” should have run on %(since)s and did not."
    ),
}
# Names of scheduled actions that were deleted, by their external ids.
# The scheduled actions without which something of autopay stands still.
JOB_NAMES = {
    "autopay.ir_cron_charge_due_invoices": _lt("Autopay: charge due invoices"),
    "autopay.ir_cron_resolve_open_attempts": _lt("Autopay: follow open charges"),
    "autopay.ir_cron_check_surplus": _lt("Autopay: find what was paid twice"),
    "autopay.ir_cron_compare_charges": _lt(
        "Autopay: compare charges with the provider"
    ),
    "autopay.ir_cron_send_requests": _lt("Autopay: ask customers for payment methods"),
    "autopay.ir_cron_send_notices": _lt("Autopay: write the mails to customers"),
    "autopay.ir_cron_report_failures": _lt("Autopay: tell staff what failed"),
    "autopay.ir_cron_refresh_status": _lt("Autopay: look at how invoices stand"),
    "autopay.ir_cron_refresh_forecast": _lt("Autopay: work out coming charges"),
    "mail.ir_cron_mail_scheduler_action": _lt("Mail: Email Queue Manager"),
}
LEVELS = ("danger", "warning", "info", "success")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence on how autopay is.

    :param level: one of ``LEVELS``
    :param model: of what it opens, "" when it opens nothing
    """

    level: str
    text: str
    model: str = ""
    res_id: int = 0


def get_silence_words(env, company, since):
    """Return that nothing is charged any more in a company, as a sentence.

    :param since: in UTC without zone
    """
    return fill_in(
        env, SILENCE, company=company.sudo().name, since=get_moment(env, since)
    )


def get_health_lines(env, healths):
    """Return how autopay is, what is bad first.

    :param healths: one ``Health`` for each company
    :return: [``Line``]
    """
    lines = [line for health in healths for line in _get_company_lines(env, health)]
    if any(health.is_on for health in healths):
        lines += [_get_job_line(env, job) for job in healths[0].jobs]
    return sorted(lines, key=lambda line: LEVELS.index(line.level))


def _get_company_lines(env, health):
    if not health.is_on:
        sentence = COPIED if health.is_copied else OFF
        yield Line("info", _fill(env, health, sentence))
        return
    yield _get_look_line(env, health)
    if health.stopped_text:
        text = _fill(env, health, STOPPED, reason=health.stopped_text)
        yield Line("danger", text, "autopay.run", health.last_run.id)
    elif health.last_run:
        text = _fill(env, health, REACHED)
        yield Line("success", text, "autopay.run", health.last_run.id)
    for name, sentence in (
        ("interrupted_count", INTERRUPTED),
        ("unsent_count", UNSENT),
    ):
        if count := getattr(health, name):
            yield Line("warning", _fill(env, health, sentence, count=count))
    for books in health.books:
        yield _get_books_line(env, health, books)


def _get_look_line(env, health):
    if health.is_silent:
        text = get_silence_words(env, health.company, health.looked_date)
        return Line("danger", text)
    if not health.looked_date:
        return Line("info", _fill(env, health, NEVER))
    since = get_moment(env, health.looked_date)
    return Line("success", _fill(env, health, LOOKED, since=since))


def _get_books_line(env, health, books):
    level = {"agrees": "success", "differs": "danger"}.get(books.state, "warning")
    since = get_moment(env, books.compared_date)
    text = _fill(env, health, BOOKS[books.state], since=since)
    return Line(level, text, "autopay.reconciliation", books.reconciliation_id)


def _get_job_line(env, job):
    text = fill_in(
        env, JOBS[job.problem], name=job.name, since=get_moment(env, job.since)
    )
    return Line("danger", text, job.cron_id and "ir.cron" or "", job.cron_id)


def _fill(env, health, sentence, **values):
    return fill_in(env, sentence, company=health.company.sudo().name, **values)


def get_moment(env, moment):
    """Return a moment in the user's time zone, "?" when nobody knows it."""
    if not moment:
        return "?"
    zone = env.context.get("tz") or env.user.tz or "UTC"
    local = moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
    time = format_time(env, local.time(), time_format="short")
    return f"{format_date(env, local.date(), date_format='medium')}, {time}"
