"""The mails that customers get: one row for each kind of thing to tell."""

from dataclasses import dataclass

from .before import BEFORE
from .expiring import EXPIRING


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of thing that customers are told.

    :param label: its name for staff
    :param template: the ``mail.template`` that tells it
    :param asks: whether the customer is to do something: such a mail is nothing without
        its link, and nothing for customers who were archived
    :param for_staff: whether a company's own people get it
    """

    label: str
    template: str
    asks: bool = False
    for_staff: bool = False


NOTICE_KINDS = {
    BEFORE: NoticeKind("Before a charge", "autopay.mail_template_before"),
    "receipt": NoticeKind("Receipt", "autopay.mail_template_receipt"),
    "pending": NoticeKind("Debit under way", "autopay.mail_template_pending"),
    "failed_retry": NoticeKind(
        "Charge failed, tried again", "autopay.mail_template_failed_retry"
    ),
    "failed": NoticeKind("Charge failed", "autopay.mail_template_failed", asks=True),
    "confirm": NoticeKind(
        "Confirm with the bank", "autopay.mail_template_confirm", asks=True
    ),
    "confirm_reminder": NoticeKind(
        "Reminder to confirm", "autopay.mail_template_confirm_reminder", asks=True
    ),
    "returned": NoticeKind("Money returned", "autopay.mail_template_returned"),
    "plan": NoticeKind("Payment plan agreed", "autopay.mail_template_plan"),
    "staff_run": NoticeKind(
        "To staff: summary of a run", "autopay.mail_template_staff_run", for_staff=True
    ),
    "staff_failures": NoticeKind(
        "To staff: failures of the day",
        "autopay.mail_template_staff_failures",
        for_staff=True,
    ),
    "staff_returned": NoticeKind(
        "To staff: refund or dispute",
        "autopay.mail_template_staff_returned",
        for_staff=True,
    ),
    "staff_answer": NoticeKind(
        "To staff: answer a dispute in time",
        "autopay.mail_template_staff_answer",
        for_staff=True,
    ),
    EXPIRING: NoticeKind("Card expires", "autopay.mail_template_expiring", asks=True),
    "consent": NoticeKind("Copy of a consent", "autopay.mail_template_consent"),
    "request": NoticeKind(
        "Request for a payment method",
        "autopay.mail_template_method_request",
        asks=True,
    ),
}
KIND_SELECTION = [(code, kind.label) for code, kind in NOTICE_KINDS.items()]

# The kind for each state of an attempt that customers are told of. Which of the two
# kinds of failure it is shows when the mail is written.
STATE_KINDS = {
    "succeeded": "receipt",
    "pending": "pending",
    "declined": "failed",
    "action_required": "confirm",
}
CONFIRM_KINDS = ("confirm", "confirm_reminder")
FAILED_KINDS = ("failed", "failed_retry")
STAFF_KINDS = tuple(code for code, kind in NOTICE_KINDS.items() if kind.for_staff)
