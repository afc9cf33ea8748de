"""Reasons that are on the amount, the booking or the date."""

from odoo.tools.translate import LazyTranslate

from ..notices.before import MOST_DAYS
from .blocker import Blocker

_lt = LazyTranslate(__name__)

AMOUNT_BLOCKERS = (
    Blocker(
        "above_cap",
        _lt("Above the maximum per charge"),
        _lt(
            "The amount %(amount)s is above the maximum of %(cap)s per charge with "
            "%(method)s, set by “%(configuration)s”."
        ),
        days=3,
    ),
    # The next month has begun by then: it was not enough, or never will be.
    Blocker(
        "month_cap_reached",
        _lt("Maximum of the month reached"),
        _lt(
            "The maximum of %(cap)s per month with %(method)s, set by "
            "“%(configuration)s”, leaves %(rest)s until %(date)s."
        ),
        days=35,
        standing="waiting",
    ),
    Blocker(
        "above_authorization",
        _lt("Above the authorized amount"),
        _lt(
            "The amount %(amount)s is above the authorized %(cap)s. When the customer "
            "has agreed to more, record that on the customer."
        ),
        days=3,
    ),
    Blocker(
        "authorized_month_reached",
        _lt("Authorized amount of the month reached"),
        _lt(
            "Of the %(cap)s per month that the customer has authorized for "
            "%(method)s, %(rest)s is left until %(date)s."
        ),
        days=35,
        standing="waiting",
    ),
    Blocker(
        "needs_approval",
        _lt("Needs approval"),
        _lt(
            "What is to be paid, %(whole)s, is above the company's limit of %(limit)s: "
            "a billing manager must approve the charge of %(amount)s, and not the one "
            "who put it on autopay."
        ),
        waits=("waiting",),
        standing="waiting",
    ),
    Blocker(
        "approval_refused",
        _lt("Approval refused"),
        _lt(
            "%(user)s refused the charge of %(amount)s. %(reason)s Press Ask Again on "
            "the approval to have it looked at once more, or take the invoice off "
            "autopay."
        ),
        days=7,
    ),
    Blocker(
        "currency_inactive",
        _lt("Currency archived"),
        _lt(
            "The currency %(currency)s is archived. Activate it, and the invoice is "
            "charged."
        ),
        days=3,
    ),
    Blocker(
        "currency_not_accepted",
        _lt("Currency not accepted"),
        _lt(
            "%(method)s of %(provider)s does not accept %(currency)s. Choose another "
            "method."
        ),
        days=3,
    ),
    Blocker(
        "amount_not_accepted",
        _lt("Amount not accepted"),
        _lt("The provider does not accept the amount %(amount)s. %(reason)s"),
        days=3,
    ),
    Blocker(
        "cannot_be_booked",
        _lt("Payment could not be booked"),
        _lt("Nothing is charged, as the payment could not be booked. %(reason)s"),
        days=3,
    ),
    # Their words come from words/invoices/announcements.py.
    Blocker(
        "notice_undeliverable",
        _lt("Customer could not be told"),
        _lt("%(announcement)s"),
        person_decides=True,
        mark=_lt("Customer was not told"),
        days=1,
        tells_date_source=True,
    ),
    # It has a date; nobody has told the customer where it lasts for so long.
    Blocker(
        "notice_pending",
        _lt("Customer has to be told before"),
        _lt("%(announcement)s"),
        person_decides=True,
        mark=_lt("Customer was not told"),
        standing="scheduled",
        days=MOST_DAYS + 7,
        tells_date_source=True,
    ),
    # Last: "will be charged on ..." is said only when nothing else stands in the way.
    Blocker(
        "retry_not_due",
        _lt("Retry not due"),
        _lt("The last charge failed. The next try is on %(date)s."),
        person_decides=True,
        mark=_lt("Retry planned"),
        no_deadline="it has a date",
        tells_date_source=True,
        standing="scheduled",
    ),
    Blocker(
        "date_not_reached",
        _lt("Scheduled"),
        _lt("Will be charged on %(date)s with %(method)s."),
        person_decides=True,
        mark=_lt("Early"),
        no_deadline="it has a date",
        tells_date_source=True,
        standing="scheduled",
    ),
)
