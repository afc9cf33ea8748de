"""How a payment method behaves when it is charged."""

from __future__ import annotations

from dataclasses import dataclass, fields

DAY = 86_400

SUCCESS = "success"
DECLINE = "decline"
AUTHENTICATION_REQUIRED = "authentication_required"
# Set up for use off session: only a charge with the customer present asks for him.
AUTHENTICATION_ON_SESSION = "authentication_on_session"
PROCESSING = "processing"
# The bank account is verified by a small deposit, days after it was entered.
DEPOSITS = "deposits"
# The outcomes of refunds.
REFUND_PENDING, REFUND_FAILS = "pending", "fails"
KINDS = (
    SUCCESS,
    DECLINE,
    AUTHENTICATION_REQUIRED,
    AUTHENTICATION_ON_SESSION,
    PROCESSING,
)

_CHOICES = {
    "kind": KINDS,
    "outcome": ("succeeded", "failed"),
    "setup": (None, SUCCESS, DECLINE, AUTHENTICATION_REQUIRED, DEPOSITS),
    "after_setup": (None, *KINDS),
    "refund": (None, REFUND_PENDING, REFUND_FAILS),
}

NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different "
    "payment method and try again."
)
# The words that the customer reads, by decline code or else by error code.
MESSAGES = {
    "authentication_required": "Your card was declined. This transaction requires "
    "authentication.",
    "card_velocity_exceeded": "Your card was declined for making repeated attempts too "
    "frequently or exceeding its amount limit.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "processing_error": "An error occurred while processing your card. Try again in a "
    "little bit.",
    "payment_intent_authentication_failure": NOT_AUTHENTICATED,
    "setup_intent_authentication_failure": NOT_AUTHENTICATED,
}
CARD_DECLINED = "Your card was declined."

# Why a bank returned a debit.
NO_FUNDS = "insufficient_funds"
RETURN_MESSAGES = {
    NO_FUNDS: "The customer's account has insufficient funds to cover this payment.",
    "account_closed": "The customer's bank account has been closed.",
    "no_account": "The customer's bank account could not be located.",
    "debit_not_authorized": "The customer has notified their bank that this payment "
    "was unauthorized.",
    "charge_exceeds_source_limit": "The amount exceeds the account's weekly limit.",
}
DEBIT_FAILED = "The payment could not be debited from the customer's bank account."

# Codes that Stripe sends without a decline code beside them.
_CODES_WITHOUT_DECLINE = frozenset(
    ("expired_card", "incorrect_cvc", "incorrect_number")
)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to behave.

    ``settle_after`` is in seconds of virtual time, ``None`` for never by itself.
    From the ``succeeds_from_try``-th charge on (counted from 1) every charge succeeds.
    ``outcome_reason`` makes a decline a block by Stripe that no bank has seen.

    ``dispute`` is the reason for which a charge is disputed as soon as it succeeded
    (with ``inquiry`` the bank only asks), ``fraud_warning`` the type of fraud that the
    bank warns of.  Refunds are ``pending`` for a while, or first succeed and then
    ``fail`` (``refund`` is "pending" or "fails").

    ``setup`` is the kind of behaviour when the method is saved with a setup intent, if
    it is not the one that suits ``kind``; ``after_setup`` the kind from then on.
    """

    kind: str = SUCCESS
    code: str | None = None
    decline_code: str | None = None
    advice_code: str | None = None
    network_decline_code: str | None = None
    network_advice_code: str | None = None
    outcome_reason: str | None = None
    message: str | None = None
    risk_level: str = "normal"
    settle_after: int | None = None
    outcome: str = "succeeded"
    failure_code: str | None = None
    cancelable: bool = False
    succeeds_from_try: int | None = None
    refund: str | None = None
    dispute: str | None = None
    inquiry: bool = False
    fraud_warning: str | None = None
    setup: str | None = None
    after_setup: str | None = None

    def for_try(self, number: int) -> Behaviour:
        """Return the behaviour of the ``number``-th charge, counted from 1."""
        if self.succeeds_from_try is None or number < self.succeeds_from_try:
            return self
        return Behaviour()

    @property
    def error_code(self) -> str:
        """The error's ``code``: what was asked for, or the usual one."""
        return self.code or "card_declined"

    @property
    def shown_decline_code(self) -> str | None:
        """The error's ``decline_code``; Stripe leaves it out for a few codes."""
        if self.decline_code or self.error_code in _CODES_WITHOUT_DECLINE:
            return self.decline_code
        declined = self.error_code == "card_declined"
        return "generic_decline" if declined else self.error_code

    @property
    def shown_message(self) -> str:
        """The sentence for the customer."""
        by_code = MESSAGES.get(self.decline_code or self.error_code)
        return self.message or by_code or CARD_DECLINED


def parse(values: dict, method_type: str) -> Behaviour:
    """Return the behaviour that an admin request describes; raise ``ValueError`` with
    a sentence.  A bank account without a ``kind`` is debited over days."""
    known = {field.name for field in fields(Behaviour)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"Unknown behaviour key: {', '.join(unknown)}.")
    if "kind" not in values:
        values = {**default_values(method_type), **values}
    _check_values(values)
    return Behaviour(**values)


def _check_values(values: dict) -> None:
    for name, allowed in _CHOICES.items():
        if name in values and values[name] not in allowed:
            known = ", ".join(str(value) for value in allowed if value)
            raise ValueError(f"Unknown behaviour {name}; one of {known}.")
    for name in ("settle_after", "succeeds_from_try"):
        if not isinstance(values.get(name, 0), int | None):
            raise ValueError(f"'{name}' must be a whole number.")


def default_values(method_type: str) -> dict:
    """Return the behaviour of a method about which nothing was said."""
    if method_type not in SETTLE_AFTER:
        return {"kind": SUCCESS}
    return {"kind": PROCESSING, "settle_after": SETTLE_AFTER[method_type]}


# How long a bank takes to say yes, in seconds of virtual time.
SETTLE_AFTER = {
    "us_bank_account": 4 * DAY,
    "sepa_debit": 6 * DAY,
    "bacs_debit": 3 * DAY,
    "au_becs_debit": 3 * DAY,
}
