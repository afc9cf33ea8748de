import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .saving import open_session, read, request
from .support import CARDS_ONLY
from .test_mandates import ACCEPTED

DAY = 86_400


@pytest.fixture
def waiting(api, admin, customer):
    """A complete session whose account is not verified."""
    made = open_session(api, customer)
    admin.visit(made.url, "us_bank_account_deposits")
    return read(api, made, "mandate")


def events(api, intent, kind="setup_intent.*"):
    found = api.events.list({"type": kind, "limit": 100}).data
    return [item.type for item in found][::-1]


def test_complete_session_is_not_a_saved_method(api, sim, customer, waiting):
    intent = waiting.setup_intent
    action = intent.next_action
    assert (waiting.status, intent.status) == ("complete", "requires_action")
    assert action.type == "verify_with_microdeposits"
    url = action.verify_with_microdeposits.hosted_verification_url
    assert url == f"{sim.url}/c/deposits/{intent.id}"
    assert intent.mandate.status == "pending"
    assert list(api.payment_methods.list({"customer": customer})) == []
    assert events(api, intent)[-1] == "setup_intent.requires_action"


@pytest.mark.parametrize("code", [{"descriptor_code": "SM11AA"}, {"amounts": [32, 45]}])
def test_right_code_saves_the_account(api, customer, waiting, code):
    intent = waiting.setup_intent.id
    done = api.setup_intents.verify_microdeposits(intent, code)
    assert (done.status, done.next_action) == ("succeeded", None)
    assert api.mandates.retrieve(done.mandate).status == "active"
    saved = api.payment_methods.retrieve(done.payment_method)
    assert saved.customer == customer
    assert events(api, done)[-1] == "setup_intent.succeeded"


def test_wrong_code_can_be_corrected(api, waiting):
    intent = waiting.setup_intent.id
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.setup_intents.verify_microdeposits(intent, {"amounts": [1, 2]})
    assert error.value.code.endswith("amounts_mismatch")
    assert api.setup_intents.retrieve(intent).status == "requires_action"


@pytest.mark.parametrize(
    ("code", "end"), [("SM33CC", "exceeded"), ("SM44DD", "timeout")]
)
def test_account_can_no_longer_be_verified(api, customer, waiting, code, end):
    intent = waiting.setup_intent
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.setup_intents.verify_microdeposits(intent.id, {"descriptor_code": code})
    assert error.value.code.endswith(end)
    after = api.setup_intents.retrieve(intent.id)
    assert after.status == "requires_payment_method"
    said = after.last_setup_error
    assert (said.code.endswith(end), said.type) == (True, "invalid_request_error")
    assert "bank account" in said.message
    assert api.mandates.retrieve(intent.mandate.id).status == "inactive"
    assert events(api, intent)[-1] == "setup_intent.setup_failed"


def test_account_is_to_be_verified_within_ten_days(api, admin, waiting):
    admin.advance(10 * DAY - 60)
    intent = waiting.setup_intent.id
    assert api.setup_intents.retrieve(intent).status == "requires_action"
    admin.advance(60)
    error = api.setup_intents.retrieve(intent).last_setup_error
    assert error.code.endswith("timeout")


def test_admin_answers_for_the_customer(api, admin, waiting):
    intent = waiting.setup_intent.id
    assert admin.answer_deposit(intent, "mismatch") == "requires_action"
    assert admin.answer_deposit(intent) == "succeeded"
    with pytest.raises(AdminError, match="waits for no deposit"):
        admin.answer_deposit(intent)


def test_page_of_the_deposit_verifies(api, admin, waiting):
    url = waiting.setup_intent.next_action.verify_with_microdeposits
    assert admin.visit(url.hosted_verification_url, "mismatch", "verify")
    done = api.setup_intents.retrieve(waiting.setup_intent.id)
    assert done.status == "succeeded"


def test_page_of_the_deposit_says_that_a_code_is_wrong(admin, waiting):
    url = waiting.setup_intent.next_action.verify_with_microdeposits
    wrong = admin.visit(url.hosted_verification_url, "mismatch")
    assert "not the code of the deposit" in request("GET", wrong)[2]
    assert "not the code" not in request("GET", url.hosted_verification_url)[2]


def test_deposit_is_no_question_of_the_bank(admin, waiting):
    with pytest.raises(AdminError, match="not requires_action"):
        admin.authenticate(waiting.setup_intent.id)


def test_code_is_needed_where_one_is_awaited(api, customer, waiting):
    intent = waiting.setup_intent.id
    for given in ({}, {"amounts": [32, 45], "descriptor_code": "SM11AA"}):
        with pytest.raises(stripe.InvalidRequestError, match="exactly one"):
            api.setup_intents.verify_microdeposits(intent, given)
    other = api.setup_intents.create({"customer": customer}).id
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.setup_intents.verify_microdeposits(other, {"descriptor_code": "SM11AA"})
    assert error.value.code == "setup_intent_unexpected_state"


def test_instant_verification_offers_no_deposit(api, admin, customer):
    options = {"us_bank_account": {"verification_method": "instant"}}
    made = open_session(api, customer, payment_method_options=options)
    shown = made.payment_method_options.us_bank_account.verification_method
    assert shown == "instant"
    with pytest.raises(AdminError, match="does not offer"):
        admin.visit(made.url, "us_bank_account_deposits")


def test_another_account_has_its_own_ten_days(api, admin, customer):
    behaviour = {"setup": "deposits"}
    first, second = (
        admin.create_payment_method("us_bank_account", behaviour=behaviour)["id"]
        for _number in range(2)
    )
    made = api.setup_intents.create(
        {"customer": customer, "automatic_payment_methods": CARDS_ONLY}
    )
    agreed = {"mandate_data": ACCEPTED}
    api.setup_intents.confirm(made.id, {"payment_method": first, **agreed})
    admin.advance(6 * DAY)
    api.setup_intents.confirm(made.id, {"payment_method": second, **agreed})
    admin.advance(5 * DAY)
    waiting = api.setup_intents.retrieve(made.id)
    assert (waiting.status, waiting.payment_method) == ("requires_action", second)
    admin.advance(5 * DAY)
    assert api.setup_intents.retrieve(made.id).status == "requires_payment_method"
