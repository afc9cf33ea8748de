"""Currencies that Stripe accepts, and the amounts it accepts in each."""

from __future__ import annotations

from ..memory.errors import invalid


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Smallest charge in minor units, where Stripe documents one: docs.stripe.com/currencies
MINIMUM = {
    "usd": 50,
    "aed": 200,
    "aud": 50,
    "bgn": 100,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
}
# Largest charge in minor units: of cards the networks decide, and American Express lets
# less pass; with other methods the currency counts.
MAXIMUM = 999_999_999_999
AMEX_MAXIMUM = 999_999_999
OTHER_MAXIMUM = {"cop": 9_999_999_999, "idr": MAXIMUM, "inr": 999_999_999}
USUAL_MAXIMUM = 99_999_999

ZERO_DECIMAL = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL = _codes("bhd jod kwd omr tnd")
# Written with two decimals that must be zero.
WHOLE_UNITS = _codes("isk ugx")

_TWO_DECIMAL = _codes(
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd "
    "bwp byn bzd cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp "
    "gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp "
    "lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr "
    "nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd "
    "std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd yer zar zmw"
)
ALL = ZERO_DECIMAL | THREE_DECIMAL | WHOLE_UNITS | _TWO_DECIMAL


def check(amount: int, currency: str) -> str:
    """Return the currency in lower case; raise a 400 when Stripe would not take
    ``amount`` (minor units) of it."""
    code = currency.lower()
    if code not in ALL:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these "
            f"currencies: {', '.join(sorted(ALL))}",
            "currency",
        )
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            "amount",
            "parameter_invalid_integer",
        )
    _check_limits(amount, code)
    _check_step(amount, code)
    return code


def _check_limits(amount: int, code: str) -> None:
    if amount < MINIMUM.get(code, 1):
        raise invalid(
            "Amount must be at least the minimum charge amount of the currency: "
            f"{MINIMUM[code]} {code} in its smallest unit.",
            "amount",
            "amount_too_small",
        )
    _check_most(amount, MAXIMUM)


def check_method(amount: int, code: str, kind: str, brand: str | None) -> None:
    """Raise a 400 when Stripe would not take ``amount`` (minor units) with a method.

    ``kind`` is its type, ``brand`` that of a card."""
    if kind == "card":
        _check_most(amount, AMEX_MAXIMUM if brand == "amex" else MAXIMUM)
    else:
        _check_most(amount, OTHER_MAXIMUM.get(code, USUAL_MAXIMUM))


def _check_most(amount: int, most: int) -> None:
    if amount > most:
        raise invalid(
            f"Amount must be no more than {most} in the currency's smallest unit.",
            "amount",
            "amount_too_large",
        )


def _check_step(amount: int, code: str) -> None:
    step = 10 if code in THREE_DECIMAL else 100 if code in WHOLE_UNITS else 1
    if amount % step:
        raise invalid(
            f"Invalid amount: amounts in {code} must be a multiple of {step}.",
            "amount",
            "parameter_invalid_integer",
        )


def shown(amount: int, code: str) -> str:
    """Return an amount in minor units as Stripe's messages write it."""
    decimals = 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2
    major = f"{amount / 10**decimals:.{decimals}f}"
    return f"${major}" if code == "usd" else f"{major} {code}"
