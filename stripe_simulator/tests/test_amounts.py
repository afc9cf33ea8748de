import pytest
import stripe

from .support import attach, create


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (17499, "huf", "amount_too_small"),
        (10**12, "usd", "amount_too_large"),
        (0, "usd", "parameter_invalid_integer"),
        (-1000, "usd", "parameter_invalid_integer"),
        (10_555, "kwd", "parameter_invalid_integer"),
        (1050, "isk", "parameter_invalid_integer"),
    ],
)
def test_amount_that_stripe_would_not_take_is_refused(
    api, customer, amount, currency, code
):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(api, customer, amount=amount, currency=currency)
    assert (refused.value.code, refused.value.param) == (code, "amount")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(50, "usd"), (50, "jpy"), (10_550, "kwd"), (1000, "isk"), (10**12 - 1, "eur")],
)
def test_amount_at_the_limit_is_taken(api, customer, amount, currency):
    assert create(api, customer, amount=amount, currency=currency).amount == amount


@pytest.mark.parametrize(
    ("method", "currency", "most"),
    [
        ("pm_card_amex", "usd", 999_999_999),
        ("pm_usBankAccount_success", "usd", 99_999_999),
    ],
)
def test_methods_take_less_than_most_cards(api, customer, method, currency, most):
    saved = attach(api, customer, method)
    create(api, customer, saved, amount=most, currency=currency)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(api, customer, saved, amount=most + 1, currency=currency)
    assert refused.value.code == "amount_too_large"


def test_unknown_currency_is_refused(api, customer):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid currency: xxx"):
        create(api, customer, currency="xxx")
