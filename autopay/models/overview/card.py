"""The cards of the page that the app opens on, as data."""

from dataclasses import dataclass

MOVES = "account.move"
CHARGES = "autopay.attempt"

# Blockers that a customer, and no one else, can take away.
CUSTOMER_REASONS = ("needs_authentication", "customer_hold")


@dataclass(frozen=True, slots=True)
class Card:
    """A number of the page and the list behind it.

    :param key: also of its words
    :param section: a key of ``words.runs.overview.SECTIONS``
    :param model: of the records that are counted
    :param action: the xml id of the action whose views show them
    :param domain: of the records, besides that of the companies
    :param amount: the field that is summed, "" without amounts
    :param by: the field by whose values the card is divided, "" by company and currency
    :param days: of coming charges: up to how many days from today
    :param is_monthly: whether it counts what ended this month
    :param level: the colour of a number above zero
    :param filters: the names of the search filters that select the same records, in
        sight of the reader; together where they are of one group
    """

    key: str
    section: str
    model: str
    action: str
    domain: tuple
    amount: str = ""
    by: str = ""
    days: int | None = None
    is_monthly: bool = False
    level: str = ""
    filters: tuple[str, ...] = ()


def _moves(key, section, domain, **values):
    action = "autopay.account_move_action_autopay"
    return Card(key, section, MOVES, action, domain, **values)


def _charges(key, section, domain, **values):
    action = "autopay.autopay_attempt_action"
    return Card(key, section, CHARGES, action, domain, **values)


def _standing(*codes):
    return ("autopay_standing", "in", codes)


CARDS = (
    _moves(
        "failed",
        "needs",
        (_standing("failed"),),
        amount="amount_residual",
        level="danger",
        filters=("autopay_error",),
    ),
    _moves(
        "blocked",
        "needs",
        (_standing("blocked"),),
        amount="amount_residual",
        by="autopay_reason",
        level="warning",
        filters=("autopay_blocked",),
    ),
    _moves(
        "customer",
        "needs",
        (_standing("waiting"), ("autopay_reason", "in", CUSTOMER_REASONS)),
        amount="amount_residual",
        level="warning",
        filters=("autopay_customer",),
    ),
    _moves(
        "refunded",
        "needs",
        (_standing("refunded", "charged_back"),),
        amount="amount_residual",
        level="warning",
        filters=("autopay_refunded",),
    ),
    Card(
        "approvals",
        "needs",
        "autopay.approval",
        "autopay.autopay_approval_action",
        (("state", "=", "waiting"),),
        amount="amount",
        level="warning",
        filters=("waiting",),
    ),
    Card(
        "disputes",
        "needs",
        "autopay.reversal",
        "autopay.autopay_reversal_action",
        (("kind", "=", "dispute"), ("finding", "in", ("gone", "inquiry"))),
        amount="amount",
        level="danger",
        filters=("open_dispute",),
    ),
    Card(
        "unconfirmed",
        "needs",
        CHARGES,
        "autopay.autopay_attempt_action_resolve",
        (("to_resolve", "=", True),),
        amount="amount",
        level="danger",
        filters=("to_resolve",),
    ),
    Card(
        "rules",
        "needs",
        "autopay.configuration",
        "autopay.autopay_configuration_action_attention",
        (("issue_code", "!=", False),),
        level="warning",
        filters=("needs_attention",),
    ),
    *(
        _moves(
            key,
            "coming",
            (_standing("scheduled", "retry"),),
            amount="autopay_next_amount",
            days=days,
            filters=("autopay_scheduled",),
        )
        for key, days in (("today", 0), ("week", 7), ("month", 30))
    ),
    _charges(
        "bank",
        "coming",
        (("state", "=", "pending"),),
        amount="amount",
        filters=("pending",),
    ),
    _charges(
        "collected",
        "done",
        (("state", "=", "succeeded"),),
        amount="amount",
        is_monthly=True,
        level="success",
        filters=("succeeded",),
    ),
    _charges(
        "rate",
        "done",
        (("state", "in", ("succeeded", "declined")),),
        is_monthly=True,
        filters=("succeeded", "declined"),
    ),
    _charges(
        "recovered",
        "done",
        (
            ("state", "=", "succeeded"),
            ("is_recovered", "=", True),
        ),
        amount="amount",
        is_monthly=True,
        level="success",
        filters=("recovered",),
    ),
)

# It takes long: the rest of the page is shown before.
SLOW_CARDS = ("rules",)
