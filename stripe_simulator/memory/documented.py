"""Stripe's documented test payment methods and what they do.

Sources: docs.stripe.com/testing, the "Test account numbers" of ACH Direct Debit and
the test IBANs of SEPA Direct Debit.
"""

from __future__ import annotations

from dataclasses import dataclass

from .behaviours import (
    AUTHENTICATION_ON_SESSION,
    AUTHENTICATION_REQUIRED,
    DECLINE,
    PROCESSING,
    REFUND_FAILS,
    REFUND_PENDING,
    SETTLE_AFTER,
    SUCCESS,
    Behaviour,
)

TRY_AGAIN, CONFIRM, NEVER = "try_again_later", "confirm_card_data", "do_not_try_again"
DELAYED = 180
ROUTING_NUMBER = "110000000"


@dataclass(frozen=True, slots=True)
class DocumentedMethod:
    """A test method: its type, its behaviour and what is printed on it."""

    type: str
    behaviour: Behaviour
    details: dict


def _card(brand="visa", last4="4242", country="US", funding="credit", **behaviour):
    details = {"brand": brand, "last4": last4, "country": country, "funding": funding}
    behaviour.setdefault("kind", SUCCESS)
    return DocumentedMethod("card", Behaviour(**behaviour), details)


def _declined(
    last4: str, code: str, decline: str | None, advice: str, network: str, setup=None
):
    return _card(
        last4=last4,
        kind=DECLINE,
        code=code,
        decline_code=decline,
        advice_code=advice,
        network_decline_code=network,
        setup=setup,
    )


def _blocked(last4: str, reason: str):
    return _card(
        last4=last4,
        kind=DECLINE,
        code="card_declined",
        decline_code="fraudulent",
        outcome_reason=reason,
        risk_level="highest",
    )


_BRANDS = {
    "visa": _card(),
    "visa_debit": _card(last4="5556", funding="debit"),
    "mastercard": _card("mastercard", "4444"),
    "mastercard_debit": _card("mastercard", "8210", funding="debit"),
    "mastercard_prepaid": _card("mastercard", "5100", funding="prepaid"),
    "amex": _card("amex", "8431"),
    "discover": _card("discover", "1117"),
    "diners": _card("diners", "0004"),
    "jcb": _card("jcb", "0505", "JP"),
    "unionpay": _card("unionpay", "0005", "CN"),
}

_COUNTRIES = {
    "us": "4242",
    "br": "0002",
    "ca": "0000",
    "mx": "0008",
    "at": "0005",
    "be": "0003",
    "ch": "0009",
    "de": "0000",
    "es": "0007",
    "fr": "0003",
    "gb": "0000",
    "ie": "0001",
    "it": "0008",
    "nl": "0005",
    "pl": "0005",
    "se": "0006",
    "au": "0006",
    "jp": "0003",
    "sg": "0000",
    "in": "0008",
}

_DECLINES = {
    "visa_chargeDeclined": _declined(
        "0002", "card_declined", "generic_decline", TRY_AGAIN, "05"
    ),
    "visa_chargeDeclinedInsufficientFunds": _declined(
        "9995", "card_declined", "insufficient_funds", TRY_AGAIN, "51"
    ),
    "visa_chargeDeclinedLostCard": _declined(
        "9987", "card_declined", "lost_card", NEVER, "41"
    ),
    "visa_chargeDeclinedStolenCard": _declined(
        "9979", "card_declined", "stolen_card", NEVER, "43"
    ),
    "chargeDeclinedExpiredCard": _declined("0069", "expired_card", None, CONFIRM, "54"),
    "chargeDeclinedIncorrectCvc": _declined(
        "0127", "incorrect_cvc", None, CONFIRM, "N7"
    ),
    "chargeDeclinedProcessingError": _declined(
        "0119", "processing_error", None, TRY_AGAIN, "96"
    ),
    "visa_chargeDeclinedVelocityLimitExceeded": _declined(
        "6975", "card_declined", "card_velocity_exceeded", TRY_AGAIN, "61"
    ),
    "chargeDeclinedFraudulent": _declined(
        "0019", "card_declined", "fraudulent", NEVER, "59"
    ),
    "chargeCustomerFail": _declined(
        "0341", "card_declined", "generic_decline", TRY_AGAIN, "05", setup=SUCCESS
    ),
    "chargeCustomerFailLostCard": _declined(
        "0341", "card_declined", "lost_card", NEVER, "41", setup=SUCCESS
    ),
    "chargeCustomerFailStolenCard": _declined(
        "0341", "card_declined", "stolen_card", NEVER, "43", setup=SUCCESS
    ),
}

_BLOCKED = {
    "radarBlock": _blocked("0019", "highest_risk_level"),
    "riskLevelHighest": _blocked("4954", "highest_risk_level"),
    "riskLevelElevated": _card(last4="9235", risk_level="elevated"),
}

_AFTERWARDS = {
    "createDispute": _card(last4="0259", dispute="fraudulent"),
    "createDisputeProductNotReceived": _card(
        last4="2685", dispute="product_not_received"
    ),
    "createDisputeInquiry": _card(last4="1976", dispute="general", inquiry=True),
    "createIssuerFraudRecord": _card(
        last4="5423", fraud_warning="unauthorized_use_of_card"
    ),
    "pendingRefund": _card(last4="7726", refund=REFUND_PENDING),
    "refundFail": _card(last4="5126", refund=REFUND_FAILS),
}

_AUTHENTICATED = {
    "authenticationRequired": _card(last4="3184", kind=AUTHENTICATION_REQUIRED),
    "authenticationRequiredOnSetup": _card(
        last4="3155",
        kind=AUTHENTICATION_REQUIRED,
        after_setup=AUTHENTICATION_ON_SESSION,
    ),
    "authenticationRequiredSetupForOffSession": _card(
        last4="0446", kind=AUTHENTICATION_ON_SESSION
    ),
    "authenticationRequiredChargeDeclinedInsufficientFunds": _card(
        last4="8260",
        kind=AUTHENTICATION_REQUIRED,
        decline_code="insufficient_funds",
    ),
    "threeDSecure2Required": _card(last4="3220", kind=AUTHENTICATION_REQUIRED),
}


def _debit(after: int | None, failure=None, network=None, **more):
    return Behaviour(
        kind=PROCESSING,
        settle_after=after,
        outcome="failed" if failure else "succeeded",
        failure_code=failure,
        network_decline_code=network,
        **more,
    )


def _bank(last4: str, failure: str | None = None, network: str | None = None, **more):
    after = more.pop("after", SETTLE_AFTER["us_bank_account"])
    behaviour = _debit(after, failure, network, **more)
    return DocumentedMethod("us_bank_account", behaviour, {"last4": last4})


def _iban(last4: str, failure: str | None = None, network: str | None = None, **more):
    after = more.pop("after", SETTLE_AFTER["sepa_debit"])
    behaviour = _debit(after, failure, network, **more)
    return DocumentedMethod("sepa_debit", behaviour, {"last4": last4, "country": "DE"})


# Account number -> (name in the test id, what it does).
_ACCOUNTS = {
    "000123456789": ("success", _bank("6789")),
    "000111111113": ("accountClosed", _bank("1113", "account_closed", "R02")),
    "000111111116": ("noAccount", _bank("1116", "no_account", "R03")),
    "000222222227": ("insufficientFunds", _bank("2227", "insufficient_funds", "R01")),
    "000333333335": (
        "debitNotAuthorized",
        _bank("3335", "debit_not_authorized", "R10"),
    ),
    "000555555559": ("dispute", _bank("5559", dispute="debit_not_authorized")),
    "000000000009": ("processing", _bank("0009", after=None, cancelable=True)),
    "000777777771": (
        "weeklyLimitExceeded",
        _bank("7771", "charge_exceeds_source_limit"),
    ),
}

# IBAN -> (test id, what it does).
_IBANS = {
    "DE89370400440532013000": ("pm_success_de", _iban("3000")),
    "DE08370400440532013003": ("pm_successDelayed_de", _iban("3003", after=DELAYED)),
    "DE62370400440532013001": ("pm_failed_de", _iban("3001", "refer_to_customer")),
    "DE78370400440532013004": (
        "pm_failedDelayed_de",
        _iban("3004", "refer_to_customer", after=DELAYED),
    ),
    "DE35370400440532013002": (
        "pm_disputed_de",
        _iban("3002", dispute="debit_not_authorized"),
    ),
    "DE65370400440000343434": (
        "pm_exceedsWeeklyVolumeLimit_de",
        _iban("3434", "charge_exceeds_source_limit"),
    ),
    "DE65370400440002222227": (
        "pm_insufficientFunds_de",
        _iban("2227", "insufficient_funds", "AM04"),
    ),
}


def _other_spelling(name: str) -> str:
    """Return the name as other pages of the documentation, and tokens, spell it."""
    return name.removeprefix("visa_") if name[:5] == "visa_" else f"visa_{name}"


_CARDS = {
    **_BRANDS,
    **{
        code: _card(last4=end, country=code.upper()) for code, end in _COUNTRIES.items()
    },
    **{_other_spelling(name): card for name, card in _DECLINES.items()},
    **_DECLINES,
    **_BLOCKED,
    **_AFTERWARDS,
    **_AUTHENTICATED,
}

BY_ID: dict[str, DocumentedMethod] = {
    **{f"pm_card_{name}": card for name, card in _CARDS.items()},
    **{f"pm_usBankAccount_{name}": bank for name, bank in _ACCOUNTS.values()},
    **dict(_IBANS.values()),
}
BY_TOKEN: dict[str, DocumentedMethod] = {
    f"tok_{name}": card for name, card in _CARDS.items()
}
BY_ACCOUNT_NUMBER: dict[str, DocumentedMethod] = {
    number: bank for number, (_name, bank) in _ACCOUNTS.items()
}
BY_IBAN: dict[str, DocumentedMethod] = {
    iban: account for iban, (_name, account) in _IBANS.items()
}

# Sort code 108800, account 00012345; BSB 000000, account 000123456.
BACS_ACCOUNT = DocumentedMethod(
    "bacs_debit", _debit(SETTLE_AFTER["bacs_debit"]), {"last4": "2345"}
)
BECS_ACCOUNT = DocumentedMethod(
    "au_becs_debit", _debit(SETTLE_AFTER["au_becs_debit"]), {"last4": "3456"}
)

# Types of payment method that are debited under a mandate.
MANDATE_TYPES = ("us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit")
