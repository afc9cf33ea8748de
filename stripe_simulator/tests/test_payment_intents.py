import pytest
import stripe

from stripe_simulator.resources.payment_intents import CONFIRM_LIMIT

from .support import CARDS_ONLY, OFF_SESSION, attach, charge, create, kinds, totals


def test_new_intent_waits_for_a_method_or_for_its_confirmation(api, customer, card):
    assert create(api, customer).status == "requires_payment_method"
    assert create(api, customer, card).status == "requires_confirmation"


def test_creating_moves_no_money(api, admin, customer, card):
    create(api, customer, card)
    assert admin.ledger() == {"entries": [], "totals": {}}


def test_confirmed_intent_has_succeeded_with_its_charge(api, customer, card):
    paid = charge(api, customer, card, amount=1234, metadata={"tx": "7"})
    made = api.charges.retrieve(paid.latest_charge)
    assert (paid.status, paid.amount_received) == ("succeeded", 1234)
    assert (made.paid, made.amount_captured, made.payment_intent) == (
        True,
        1234,
        paid.id,
    )
    assert made.outcome.type == "authorized"
    assert made.metadata["tx"] == "7"


def test_create_can_confirm_in_the_same_call(api, customer, card):
    paid = create(api, customer, card, confirm=True, off_session=True)
    assert paid.status == "succeeded"


def test_later_read_shows_the_same_intent(api, customer, card):
    paid = charge(api, customer, card, description="INV/1")
    assert api.payment_intents.retrieve(paid.id).to_dict() == paid.to_dict()


def test_succeeded_intent_is_not_charged_again(api, admin, customer, card):
    paid = charge(api, customer, card)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.confirm(paid.id, OFF_SESSION)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.status == "succeeded"
    assert kinds(admin) == ["charge"]


def test_canceled_intent_cannot_be_confirmed(api, admin, customer, card):
    intent = create(api, customer, card)
    params = {"cancellation_reason": "abandoned"}
    canceled = api.payment_intents.cancel(intent.id, params)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.confirm(intent.id, OFF_SESSION)
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert refused.value.code == "payment_intent_unexpected_state"
    assert kinds(admin) == []


def test_succeeded_intent_cannot_be_canceled(api, customer, card):
    paid = charge(api, customer, card)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.cancel(paid.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_intent_without_a_method_cannot_be_confirmed(api, customer):
    intent = create(api, customer)
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        api.payment_intents.confirm(intent.id, OFF_SESSION)


def test_method_can_be_named_when_confirming(api, customer, card):
    intent = create(api, customer)
    paid = api.payment_intents.confirm(
        intent.id, {**OFF_SESSION, "payment_method": card}
    )
    assert (paid.status, paid.payment_method) == ("succeeded", card)


def test_method_of_another_customer_is_refused(api, admin, card):
    other = api.customers.create({}).id
    intent = create(api, other)
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        create(api, other, card)
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        api.payment_intents.confirm(intent.id, {**OFF_SESSION, "payment_method": card})
    assert kinds(admin) == []


def test_saved_method_needs_its_customer_on_the_intent(api, card):
    with pytest.raises(stripe.InvalidRequestError, match="include the Customer"):
        api.payment_intents.create(
            {"amount": 1000, "currency": "usd", "payment_method": card}
        )


def test_method_of_nobody_pays_once(api, customer):
    made = api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    assert charge(api, customer, made.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        create(api, customer, made.id)


def test_method_of_nobody_is_saved_when_set_up_for_future_use(api, customer):
    made = api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    charge(api, customer, made.id, setup_future_usage="off_session")
    assert api.payment_methods.retrieve(made.id).customer == customer


def test_update_changes_the_amount_that_is_charged(api, admin, customer, card):
    intent = create(api, customer, card, amount=1000)
    api.payment_intents.update(intent.id, {"amount": 700, "metadata": {"a": "1"}})
    paid = api.payment_intents.confirm(intent.id, OFF_SESSION)
    assert (paid.amount_received, paid.metadata["a"]) == (700, "1")
    assert totals(admin)["charged"] == 700


def test_paid_intent_takes_new_metadata_but_no_new_amount(api, customer, card):
    paid = charge(api, customer, card)
    updated = api.payment_intents.update(paid.id, {"metadata": {"a": "1"}})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.update(paid.id, {"amount": 5000})
    assert updated.metadata["a"] == "1"
    assert refused.value.code == "payment_intent_unexpected_state"


def test_confirmation_that_might_redirect_needs_a_return_url(api, customer, card):
    intent = create(api, customer, card, automatic_payment_methods={"enabled": True})
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        api.payment_intents.confirm(intent.id, OFF_SESSION)
    paid = api.payment_intents.confirm(
        intent.id, {**OFF_SESSION, "return_url": "https://example.com"}
    )
    assert paid.status == "succeeded"


def test_types_named_one_by_one_need_no_return_url(api, customer, card):
    intent = api.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "customer": customer,
            "payment_method": card,
            "allowed_payment_method_types": ["card"],
        }
    )
    assert intent.payment_method_types == ["card"]
    confirmed = api.payment_intents.confirm(intent.id, OFF_SESSION)
    assert confirmed.status == "succeeded"


def test_type_that_is_not_allowed_is_refused(api, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(api, customer, bank, allowed_payment_method_types=["card"])
    assert refused.value.code == "payment_intent_incompatible_payment_method"


def test_bank_account_pays_in_its_own_currency_only(api, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    with pytest.raises(stripe.InvalidRequestError, match="paid in eur"):
        create(api, customer, bank, currency="eur")


def test_manual_capture_reserves_and_moves_nothing(api, admin, customer, card):
    held = charge(api, customer, card, capture_method="manual")
    assert (held.status, held.amount_capturable) == ("requires_capture", 1000)
    assert api.payment_intents.cancel(held.id).status == "canceled"
    assert kinds(admin) == []


def test_intent_is_canceled_when_it_was_confirmed_too_often(api, admin, customer):
    intent = create(api, customer)
    bad = admin.create_payment_method("card", customer, {"kind": "decline"})["id"]
    params = {**OFF_SESSION, "payment_method": bad}
    for _try in range(CONFIRM_LIMIT):
        with pytest.raises(stripe.CardError):
            api.payment_intents.confirm(intent.id, params)
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_intents.confirm(intent.id, params)
    assert api.payment_intents.retrieve(intent.id).status == "canceled"


def test_expand_gives_whole_objects(api, customer, card):
    intent = create(api, customer, card)
    wanted = ["latest_charge", "payment_method", "customer"]
    paid = api.payment_intents.confirm(intent.id, {**OFF_SESSION, "expand": wanted})
    assert paid.latest_charge.payment_intent == intent.id
    assert paid.payment_method.card.brand == "visa"
    assert paid.customer.email == "a@example.com"


def test_wrong_expand_is_refused_before_money_moves(api, admin, customer, card):
    intent = create(api, customer, card)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        api.payment_intents.confirm(intent.id, {**OFF_SESSION, "expand": ["charges"]})
    assert kinds(admin) == []


def test_charges_of_an_intent_are_listed_newest_first(api, admin, customer, card):
    bad = admin.create_payment_method("card", customer, {"kind": "decline"})["id"]
    intent = create(api, customer, bad)
    with pytest.raises(stripe.CardError):
        api.payment_intents.confirm(intent.id, OFF_SESSION)
    api.payment_intents.confirm(intent.id, {**OFF_SESSION, "payment_method": card})
    charge(api, customer, card)
    made = api.charges.list({"payment_intent": intent.id})
    assert [item.status for item in made] == ["succeeded", "failed"]


def test_three_letter_case_of_the_currency_does_not_matter(api, customer, card):
    paid = charge(api, customer, card, currency="EUR")
    assert paid.currency == "eur"


def test_intent_of_an_unknown_id_is_a_404(api):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        api.payment_intents.confirm("pi_none", OFF_SESSION)
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_return_url_without_confirm_is_refused(api, customer):
    with pytest.raises(stripe.InvalidRequestError, match="confirm"):
        api.payment_intents.create(
            {
                "amount": 1000,
                "currency": "usd",
                "customer": customer,
                "automatic_payment_methods": CARDS_ONLY,
                "return_url": "https://example.com",
            }
        )
