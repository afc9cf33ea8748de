"""The words that tell staff how a customer is told of a charge before it is made."""

from odoo.tools.translate import LazyTranslate

from ..days import say_day
from ..filled import fill_in

_lt = LazyTranslate(__name__)

# The blockers that are on what a customer was told.
NOTICE_BLOCKERS = ("notice_undeliverable", "notice_pending")
# Time alone is in the way: it is said besides when the customer is told.
TOLD_BLOCKERS = ("date_not_reached", "retry_not_due")

# How far it is, by the state of the announcement.
TOLD_SENTENCES = {
    "untold": _lt("The customer will be told on %(day)s."),
    "due": _lt("The mail that tells the customer is on its way."),
    "sent": _lt("The customer was told on %(day)s."),
    "failed": _lt("The customer could not be told: %(failure)s"),
}
STUCK = _lt("The mail has been waiting for more than a day.")
PENDING = _lt(
    "Will be charged on %(date)s with %(method)s: customers are told %(days)s days "
    "before. %(told)s"
)
UNDELIVERABLE = _lt(
    "Nothing is charged with %(method)s unless the customer is told %(days)s days "
    "before. %(told)s Mend that and send the mail again (button Mails), or press "
    "Charge Now once the customer agrees."
)


def get_told_words(env, notice):
    """Return whether a customer was told of a charge, as a sentence.

    :param notice: an ``Announcement``
    """
    return fill_in(
        env,
        TOLD_SENTENCES[notice.state],
        day=say_day(env, notice.day),
        failure=notice.failure or env._(STUCK),
    )


def get_told_note(env, decision):
    """Return the same for a charge that has a date, "" of any other."""
    if not decision.notice or decision.blocker not in TOLD_BLOCKERS:
        return ""
    return get_told_words(env, decision.notice)


def get_announcement_words(env, decision):
    """Return why a charge waits for what its customer is told, as sentences."""
    notice = decision.notice
    sentence = PENDING if decision.blocker == "notice_pending" else UNDELIVERABLE
    return fill_in(
        env,
        sentence,
        date=say_day(env, decision.date) if decision.date else "",
        method=decision.token._get_autopay_label(),
        days=notice.days,
        told=get_told_words(env, notice),
    )
