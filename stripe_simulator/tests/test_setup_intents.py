import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import CARDS_ONLY, attach, charge, create
from .test_mandates import ACCEPTED


def setup(api, customer, method=None, **more):
    """Create a setup intent."""
    params = {"customer": customer, "automatic_payment_methods": CARDS_ONLY, **more}
    if method:
        params["payment_method"] = method
    return api.setup_intents.create(params)


def events(api, intent):
    """Return the types of the events about an intent, oldest first."""
    found = api.events.list({"type": "setup_intent.*", "limit": 100}).data
    return [item.type for item in found if item.data.object.id == intent.id][::-1]


def refused(call, *args, **kwargs):
    with pytest.raises(stripe.InvalidRequestError) as error:
        call(*args, **kwargs)
    return error.value


# === CARDS === #


def test_card_is_saved_with_the_customer(api, customer):
    made = setup(api, customer, "pm_card_visa")
    done = api.setup_intents.confirm(made.id)
    saved = api.payment_methods.retrieve(done.payment_method)
    assert (made.status, done.status) == ("requires_confirmation", "succeeded")
    assert (saved.customer, done.usage) == (customer, "off_session")
    assert events(api, made) == ["setup_intent.created", "setup_intent.succeeded"]
    assert charge(api, customer, saved.id).status == "succeeded"


def test_card_can_be_saved_in_one_request(api, customer):
    done = setup(api, customer, "pm_card_visa", confirm=True)
    assert (done.status, done.mandate) == ("succeeded", None)
    assert done.latest_attempt.startswith("setatt_")


def test_method_can_be_named_when_the_intent_is_confirmed(api, customer):
    made = setup(api, customer)
    assert made.status == "requires_payment_method"
    params = {"payment_method": "pm_card_visa"}
    assert api.setup_intents.confirm(made.id, params).status == "succeeded"


def test_declined_card_is_not_saved(api, customer):
    made = setup(api, customer, "pm_card_chargeDeclinedInsufficientFunds")
    with pytest.raises(stripe.CardError) as declined:
        api.setup_intents.confirm(made.id)
    error = declined.value.error
    after = api.setup_intents.retrieve(made.id)
    assert (error.code, error.decline_code) == ("card_declined", "insufficient_funds")
    assert error.setup_intent.id == made.id
    assert (after.status, after.payment_method) == ("requires_payment_method", None)
    assert after.last_setup_error.decline_code == "insufficient_funds"
    assert list(api.payment_methods.list({"customer": customer})) == []
    assert events(api, made)[1:] == ["setup_intent.setup_failed"]


def test_other_card_can_be_tried_after_a_decline(api, customer):
    made = setup(api, customer, "pm_card_chargeDeclined")
    with pytest.raises(stripe.CardError):
        api.setup_intents.confirm(made.id)
    done = api.setup_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    assert (done.status, done.last_setup_error) == ("succeeded", None)


def test_card_that_declines_charges_only_is_saved(api, customer):
    done = setup(api, customer, "pm_card_chargeCustomerFail", confirm=True)
    assert done.status == "succeeded"
    with pytest.raises(stripe.CardError):
        charge(api, customer, done.payment_method)


# === AUTHENTICATION === #


def test_customer_is_asked_before_the_card_is_saved(api, admin, customer):
    made = setup(api, customer, "pm_card_authenticationRequired", confirm=True)
    waits = api.setup_intents.retrieve(made.id)
    assert (waits.status, waits.next_action.type) == (
        "requires_action",
        "use_stripe_sdk",
    )
    assert list(api.payment_methods.list({"customer": customer})) == []
    assert admin.authenticate(made.id) == "succeeded"
    assert len(api.payment_methods.list({"customer": customer}).data) == 1
    assert events(api, made)[1:] == [
        *("setup_intent.requires_action", "setup_intent.succeeded"),
    ]


def test_customer_is_sent_to_the_address_of_his_bank(api, customer):
    url = "https://example.com/back"
    method = "pm_card_threeDSecure2Required"
    made = setup(api, customer, method, confirm=True, return_url=url)
    assert made.next_action.redirect_to_url.return_url == url


def test_customer_who_fails_the_authentication_saves_no_card(api, admin, customer):
    made = setup(api, customer, "pm_card_authenticationRequired", confirm=True)
    assert admin.authenticate(made.id, "failed") == "requires_payment_method"
    error = api.setup_intents.retrieve(made.id).last_setup_error
    assert error.code == "setup_intent_authentication_failure"
    with pytest.raises(AdminError, match="not requires_action"):
        admin.authenticate(made.id)


def test_card_that_was_authenticated_when_saved_is_charged_off_session(
    api, admin, customer
):
    made = setup(api, customer, "pm_card_authenticationRequiredOnSetup", confirm=True)
    admin.authenticate(made.id)
    assert charge(api, customer, made.payment_method).status == "succeeded"


def test_card_that_always_wants_authentication_is_not_charged_off_session(
    api, admin, customer
):
    made = setup(api, customer, "pm_card_authenticationRequired", confirm=True)
    admin.authenticate(made.id)
    with pytest.raises(stripe.CardError) as declined:
        charge(api, customer, made.payment_method)
    assert declined.value.code == "authentication_required"


def test_way_of_being_saved_can_be_chosen(api, admin, customer):
    behaviour = {"kind": "success", "setup": "decline"}
    method = admin.create_payment_method("card", customer, behaviour)["id"]
    with pytest.raises(stripe.CardError):
        setup(api, customer, method, confirm=True)
    assert charge(api, customer, method).status == "succeeded"


# === BANK ACCOUNTS === #


@pytest.mark.parametrize(
    ("test_id", "currency"),
    [("pm_usBankAccount_success", "usd"), ("pm_success_de", "eur")],
)
def test_bank_account_is_saved_with_a_mandate(api, customer, test_id, currency):
    done = setup(api, customer, test_id, confirm=True, mandate_data=ACCEPTED)
    given = api.mandates.retrieve(done.mandate, {"expand": ["payment_method"]})
    assert (given.status, given.type) == ("active", "multi_use")
    assert given.payment_method.customer == customer
    assert given.customer_acceptance.online.user_agent == "browser"
    sent = charge(api, customer, done.payment_method, currency=currency)
    details = api.charges.retrieve(sent.latest_charge).payment_method_details
    assert details[details.type].mandate == given.id


def test_bank_account_is_not_saved_without_consent(api, customer):
    made = setup(api, customer, "pm_usBankAccount_success")
    error = refused(api.setup_intents.confirm, made.id)
    assert (error.code, error.param) == ("parameter_missing", "mandate_data")


def test_blocked_bank_account_is_not_saved(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_accountClosed")
    charge(api, customer, bank)
    admin.settle(None, "failed", "account_closed", "R02")
    error = refused(setup, api, customer, bank, confirm=True, mandate_data=ACCEPTED)
    assert error.code == "payment_method_bank_account_blocked"


# === STATES AND PARAMETERS === #


def test_canceled_intent_is_over(api, customer):
    made = setup(api, customer, "pm_card_visa")
    reason = {"cancellation_reason": "abandoned"}
    gone = api.setup_intents.cancel(made.id, reason)
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    error = refused(api.setup_intents.confirm, made.id)
    assert error.code == "setup_intent_unexpected_state"
    assert error.error.setup_intent.status == "canceled"
    assert events(api, made)[1:] == ["setup_intent.canceled"]


def test_intent_that_succeeded_cannot_be_canceled(api, customer):
    done = setup(api, customer, "pm_card_visa", confirm=True)
    error = refused(api.setup_intents.cancel, done.id)
    assert "status of succeeded" in str(error)


def test_intent_without_a_method_cannot_be_confirmed(api, customer):
    error = refused(api.setup_intents.confirm, setup(api, customer).id)
    assert error.code == "setup_intent_unexpected_state"


def test_redirects_want_a_way_back(api, customer):
    made = api.setup_intents.create(
        {"customer": customer, "payment_method": "pm_card_visa"}
    )
    assert refused(api.setup_intents.confirm, made.id).param == "return_url"


def test_card_of_another_customer_is_refused(api, card):
    other = api.customers.create({}).id
    assert "belongs to the Customer" in str(refused(setup, api, other, card))


def test_type_that_the_intent_does_not_take_is_refused(api, customer):
    types = {"allowed_payment_method_types": ["us_bank_account"]}
    error = refused(setup, api, customer, "pm_card_visa", **types)
    assert "one of: us_bank_account" in str(error)


def test_consent_without_a_confirmation_is_refused(api, customer):
    error = refused(setup, api, customer, mandate_data=ACCEPTED)
    assert (error.code, error.param) == ("parameter_unknown", "mandate_data")


def test_unknown_parameter_of_a_setup_is_refused(api, customer):
    assert refused(setup, api, customer, amount=5).code == "parameter_unknown"


def test_description_customer_and_metadata_can_be_changed(api, customer):
    made = api.setup_intents.create({"automatic_payment_methods": CARDS_ONLY})
    changes = {"customer": customer, "description": "x", "metadata": {"a": "1"}}
    changed = api.setup_intents.update(made.id, changes)
    assert (changed.customer, changed.description) == (customer, "x")
    assert changed.metadata.to_dict() == {"a": "1"}


def test_setups_are_listed_by_customer_and_method(api, customer, card):
    other = api.customers.create({}).id
    mine, with_card = setup(api, customer), setup(api, customer, card)
    setup(api, other)
    found = api.setup_intents.list({"customer": customer})
    by_method = api.setup_intents.list({"payment_method": card})
    assert [item.id for item in found] == [with_card.id, mine.id]
    assert [item.id for item in by_method] == [with_card.id]


def test_setup_can_show_its_parts(api, customer):
    expand = ["customer", "mandate", "payment_method"]
    method = "pm_usBankAccount_success"
    done = setup(
        api, customer, method, confirm=True, mandate_data=ACCEPTED, expand=expand
    )
    assert done.customer.id == customer
    assert done.mandate.payment_method == done.payment_method.id


def test_setup_for_payments_with_the_customer_present(api, admin, customer):
    method = "pm_card_authenticationRequiredOnSetup"
    made = setup(api, customer, method, confirm=True, usage="on_session")
    admin.authenticate(made.id)
    intent = create(api, customer, made.payment_method)
    assert api.payment_intents.confirm(intent.id).status == "requires_action"
