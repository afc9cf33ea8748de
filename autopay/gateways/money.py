"""Exact minor units: what a provider is asked for is what the invoice says, or nothing.

Sources: docs.stripe.com/currencies, sections "zero-decimal", "three-decimal", "special
cases" and "minimum and maximum charge amounts". Odoo's own conversion cuts digits off
(``payment.utils.to_minor_currency_units``); here an amount that does not fit is an
error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation


class AmountNotRepresentable(ValueError):  # noqa: N818
    """The provider cannot be asked for exactly this amount."""


@dataclass(frozen=True, slots=True)
class MinorUnits:
    """How a provider counts money.

    :param decimals: digits after the decimal point where they are not ``default``
    :param default: digits for every other currency; None follows the currency itself
    :param steps: minor amounts must be a multiple of this; 1 where not given
    """

    decimals: Mapping[str, int] = field(default_factory=dict)
    default: int | None = None
    steps: Mapping[str, int] = field(default_factory=dict)


def _each(codes: str, number: int) -> dict[str, int]:
    return dict.fromkeys(codes.split(), number)


_ZERO_DECIMAL = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE_DECIMAL = "BHD JOD KWD OMR TND"
# Whole units only, but Stripe keeps counting them in hundredths. HUF and TWD are whole
# for payouts only: charges may have decimals.
_WHOLE_IN_HUNDREDTHS = "ISK UGX"

PROVIDER_UNITS: dict[str, MinorUnits] = {
    "stripe": MinorUnits(
        decimals=_each(_ZERO_DECIMAL, 0) | _each(_THREE_DECIMAL, 3),
        default=2,
        # Card networks count three-decimal currencies in hundredths.
        steps=_each(_THREE_DECIMAL, 10) | _each(_WHOLE_IN_HUNDREDTHS, 100),
    ),
}
_CURRENCY_ITSELF = MinorUnits()

# Smallest charge Stripe documents per currency, in minor units. It applies to the
# currency the money is paid out in: after a conversion Stripe may still refuse.
STRIPE_MINIMUM: dict[str, int] = {
    "AED": 200,
    "ARS": 50,
    "AUD": 50,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "COP": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
    "IDR": 50,
    "ILS": 50,
    "INR": 50,
    "JPY": 50,
    "KRW": 50,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "NZD": 50,
    "PHP": 50,
    "PLN": 200,
    "RON": 200,
    "RUB": 50,
    "SEK": 300,
    "SGD": 50,
    "THB": 1000,
    "USD": 50,
    "ZAR": 50,
}
_MINIMUMS: dict[str, dict[str, int]] = {"stripe": STRIPE_MINIMUM}


@dataclass(frozen=True, slots=True)
class Digits:
    """How long the largest charge may be that a provider takes, in minor units.

    :param kinds: digits by kind of method, whatever the currency
    :param currencies: digits by currency, with other kinds of methods
    :param others: digits of everything else
    """

    kinds: Mapping[str, int]
    currencies: Mapping[str, int]
    others: int


# Section "maximum charge amounts": of cards the networks decide, and some take less.
_DIGITS: dict[str, Digits] = {
    "stripe": Digits(
        kinds={"card": 12, "amex": 9},
        currencies={"COP": 10, "IDR": 12, "INR": 9},
        others=8,
    ),
}


def to_minor(
    amount: Decimal | float | str,
    currency_code: str,
    decimal_places: int,
    provider_code: str = "stripe",
) -> int:
    """Return an amount in the minor units the provider counts in.

    :param amount: amount in major units; a float is read to the currency's precision
    :param currency_code: ISO code, upper or lower case
    :param decimal_places: digits of the currency in Odoo
    :param provider_code: ``payment.provider`` code; an unknown one counts as Odoo does
    :raise AmountNotRepresentable: when the provider cannot be asked for exactly that
    """
    code = currency_code.upper()
    units = PROVIDER_UNITS.get(provider_code, _CURRENCY_ITSELF)
    exact = _exact(amount, code, decimal_places)
    minor = exact.scaleb(_decimals(units, code, decimal_places))
    step = units.steps.get(code, 1)
    if minor % step:
        raise AmountNotRepresentable(
            f"{exact} {code} cannot be charged exactly: the smallest step is "
            f"{_major(step, _decimals(units, code, decimal_places))} {code}."
        )
    return int(minor)


def from_minor(
    amount_minor: int,
    currency_code: str,
    decimal_places: int,
    provider_code: str = "stripe",
) -> Decimal:
    """Return an amount in major units; the inverse of :func:`to_minor`.

    :param amount_minor: amount in the provider's minor units
    """
    units = PROVIDER_UNITS.get(provider_code, _CURRENCY_ITSELF)
    return _major(amount_minor, _decimals(units, currency_code.upper(), decimal_places))


def minimum_minor(currency_code: str, provider_code: str = "stripe") -> int:
    """Return the smallest documented charge in minor units, 1 when there is none."""
    return _MINIMUMS.get(provider_code, {}).get(currency_code.upper(), 1)


def get_charge_maximum(
    currency_code: str, decimal_places: int, kind: str, provider_code: str = "stripe"
) -> Decimal | None:
    """Return the largest charge in major units, None when there is no limit.

    :param decimal_places: digits of the currency in Odoo
    :param kind: the provider's type of method (*card*, *us_bank_account* ...); *amex*
        for cards of American Express
    """
    if provider_code not in _DIGITS:
        return None
    code = currency_code.upper()
    known = _DIGITS[provider_code]
    digits = known.kinds.get(kind) or known.currencies.get(code, known.others)
    units = PROVIDER_UNITS.get(provider_code, _CURRENCY_ITSELF)
    step = units.steps.get(code, 1)
    largest = 10**digits - 1
    return _major(largest - largest % step, _decimals(units, code, decimal_places))


def get_charge_limits(
    currency_code: str, decimal_places: int, provider_code: str = "stripe"
) -> tuple[Decimal, Decimal]:
    """Return (the smallest charge, the step of charges), in major units.

    :param decimal_places: digits of the currency in Odoo
    """
    code = currency_code.upper()
    units = PROVIDER_UNITS.get(provider_code, _CURRENCY_ITSELF)
    decimals = _decimals(units, code, decimal_places)
    return (
        _major(minimum_minor(code, provider_code), decimals),
        _major(units.steps.get(code, 1), decimals),
    )


def _exact(amount: Decimal | float | str, code: str, decimal_places: int) -> Decimal:
    given = _number(amount, code)
    rounded = given.quantize(Decimal(1).scaleb(-decimal_places))
    # Odoo adds up floats: 0.1 + 0.2 is meant to be 0.30. Anything beyond that noise is
    # a digit the currency does not have.
    noise = Decimal(1).scaleb(-decimal_places - 2) if isinstance(amount, float) else 0
    if abs(given - rounded) > noise:
        raise AmountNotRepresentable(
            f"{given} {code} has more than {decimal_places} decimals."
        )
    return rounded


def _number(amount: Decimal | float | str, code: str) -> Decimal:
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise AmountNotRepresentable(f"{amount} {code} is not an amount.")
    return number


def _decimals(units: MinorUnits, code: str, decimal_places: int) -> int:
    default = decimal_places if units.default is None else units.default
    return units.decimals.get(code, default)


def _major(amount_minor: int, decimals: int) -> Decimal:
    return Decimal(amount_minor).scaleb(-decimals)
