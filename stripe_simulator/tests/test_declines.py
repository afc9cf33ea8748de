import pytest
import stripe

from .support import OFF_SESSION, attach, charge, create, kinds

DECLINES = [
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
    (
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "card_declined",
        "insufficient_funds",
    ),
    ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    (
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        "card_declined",
        "card_velocity_exceeded",
    ),
    ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ("pm_card_radarBlock", "card_declined", "fraudulent"),
]


def decline(api, customer, method, **more):
    with pytest.raises(stripe.CardError) as declined:
        charge(api, customer, method, **more)
    return declined.value


@pytest.mark.parametrize(("test_id", "code", "decline_code"), DECLINES)
def test_documented_card_is_declined_as_documented(
    api, admin, customer, test_id, code, decline_code
):
    error = decline(api, customer, attach(api, customer, test_id))
    found = error.error.to_dict()
    assert (error.http_status, error.code) == (402, code)
    assert found.get("decline_code") == decline_code
    assert kinds(admin) == []


def test_decline_carries_the_intent_and_says_why_in_it(api, customer):
    lost = attach(api, customer, "pm_card_visa_chargeDeclinedLostCard")
    error = decline(api, customer, lost).error
    intent = api.payment_intents.retrieve(error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.payment_method is None
    assert intent.last_payment_error.decline_code == "lost_card"
    assert intent.last_payment_error.advice_code == "do_not_try_again"
    assert intent.last_payment_error.payment_method.id == lost
    assert error.payment_intent.to_dict() == intent.to_dict()


def test_declined_charge_is_kept_with_its_outcome(api, customer):
    card = attach(api, customer, "pm_card_visa_chargeDeclinedInsufficientFunds")
    error = decline(api, customer, card).error
    made = api.charges.retrieve(error.charge)
    assert (made.status, made.failure_code) == ("failed", "card_declined")
    assert made.outcome.network_status == "declined_by_network"
    assert made.outcome.reason == "insufficient_funds"
    assert made.outcome.network_decline_code == "51"


def test_block_by_stripe_never_reached_the_bank(api, customer):
    error = decline(api, customer, attach(api, customer, "pm_card_radarBlock")).error
    outcome = api.charges.retrieve(error.charge).outcome
    assert (outcome.type, outcome.network_status) == ("blocked", "not_sent_to_network")
    assert outcome.reason == "highest_risk_level"


def test_any_codes_can_be_asked_for(api, admin, customer):
    behaviour = {
        "kind": "decline",
        "decline_code": "do_not_honor",
        "advice_code": "try_again_later",
        "network_decline_code": "05",
        "network_advice_code": "24",
        "message": "Not today.",
    }
    card = admin.create_payment_method("card", customer, behaviour)["id"]
    error = decline(api, customer, card)
    found = error.error
    assert error.user_message == "Not today."
    assert (found.decline_code, found.advice_code) == (
        "do_not_honor",
        "try_again_later",
    )
    assert (found.network_decline_code, found.network_advice_code) == ("05", "24")


def test_outcome_reason_makes_a_decline_a_block(api, admin, customer):
    behaviour = {
        "kind": "decline",
        "decline_code": "generic_decline",
        "outcome_reason": "previously_declined_do_not_retry",
    }
    card = admin.create_payment_method("card", customer, behaviour)["id"]
    error = decline(api, customer, card).error
    outcome = api.charges.retrieve(error.charge).outcome
    assert outcome.reason == "previously_declined_do_not_retry"
    assert outcome.type == "blocked"


def test_same_intent_succeeds_with_a_better_card(api, admin, customer, card):
    bad = attach(api, customer, "pm_card_chargeCustomerFail")
    intent_id = decline(api, customer, bad).error.payment_intent.id
    paid = api.payment_intents.confirm(
        intent_id, {**OFF_SESSION, "payment_method": card}
    )
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    assert kinds(admin) == ["charge"]


def test_card_that_begins_to_work_on_the_third_try(api, admin, customer):
    behaviour = {"kind": "decline", "succeeds_from_try": 3}
    card = admin.create_payment_method("card", customer, behaviour)["id"]
    decline(api, customer, card)
    decline(api, customer, card)
    assert charge(api, customer, card).status == "succeeded"


def test_card_can_be_made_to_work(api, admin, customer):
    card = attach(api, customer, "pm_card_visa_chargeDeclined")
    decline(api, customer, card)
    admin.change_payment_method(card, {"kind": "success"})
    assert charge(api, customer, card).status == "succeeded"


def test_off_session_charge_that_needs_the_customer_is_declined(api, admin, customer):
    card = attach(api, customer, "pm_card_authenticationRequired")
    error = decline(api, customer, card)
    assert (error.code, error.error.decline_code) == (
        "authentication_required",
        "authentication_required",
    )
    assert error.error.payment_intent.status == "requires_payment_method"
    assert kinds(admin) == []


def test_customer_completes_the_same_intent_on_session(api, admin, customer):
    card = attach(api, customer, "pm_card_authenticationRequired")
    intent_id = decline(api, customer, card).error.payment_intent.id
    waiting = api.payment_intents.confirm(intent_id, {"payment_method": card})
    assert waiting.status == "requires_action"
    assert waiting.next_action.type == "use_stripe_sdk"
    assert admin.authenticate(intent_id) == "succeeded"
    assert kinds(admin) == ["charge"]


def test_failed_authentication_leaves_the_intent_without_a_method(api, admin, customer):
    card = attach(api, customer, "pm_card_authenticationRequired")
    intent = create(api, customer, card)
    api.payment_intents.confirm(intent.id, {"return_url": "https://example.com"})
    admin.authenticate(intent.id, "failed")
    failed = api.payment_intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"


def test_authentication_may_be_followed_by_a_decline(api, admin, customer):
    test_id = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    intent = create(api, customer, attach(api, customer, test_id))
    api.payment_intents.confirm(intent.id)
    assert admin.authenticate(intent.id) == "requires_payment_method"
    failed = api.payment_intents.retrieve(intent.id)
    assert failed.last_payment_error.decline_code == "insufficient_funds"


def test_card_set_up_for_off_session_asks_nobody_off_session(api, customer):
    card = attach(api, customer, "pm_card_authenticationRequiredSetupForOffSession")
    assert charge(api, customer, card).status == "succeeded"
    on_session = api.payment_intents.confirm(create(api, customer, card).id)
    assert on_session.status == "requires_action"


def test_action_can_be_made_an_error(api, customer):
    card = attach(api, customer, "pm_card_authenticationRequired")
    intent = create(api, customer, card)
    with pytest.raises(stripe.CardError) as declined:
        api.payment_intents.confirm(intent.id, {"error_on_requires_action": True})
    assert declined.value.code == "authentication_required"
    assert declined.value.error.decline_code == "authentication_not_handled"
