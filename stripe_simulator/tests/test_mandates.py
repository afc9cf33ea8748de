import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import OFF_SESSION, attach, charge, create

ACCEPTED = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "192.0.2.1", "user_agent": "browser"},
    }
}


@pytest.fixture
def bank(api, customer):
    return attach(api, customer, "pm_usBankAccount_success")


@pytest.fixture
def mandate(admin, bank):
    return admin.create_mandate(bank)["id"]


def confirm(api, customer, method, **params):
    intent = create(api, customer, method)
    return api.payment_intents.confirm(intent.id, {**OFF_SESSION, **params})


def used(api, intent):
    details = api.charges.retrieve(intent.latest_charge).payment_method_details
    return details.us_bank_account.mandate


def refused(api, customer, method, **params):
    with pytest.raises(stripe.InvalidRequestError) as error:
        confirm(api, customer, method, **params)
    return error.value.code, error.value.param


def test_mandate_is_written_on_the_charge(api, customer, bank, mandate):
    assert used(api, confirm(api, customer, bank, mandate=mandate)) == mandate


def test_mandate_of_the_account_is_used_unless_another_is_named(
    api, customer, bank, mandate
):
    assert used(api, confirm(api, customer, bank)) == mandate


def test_consent_at_the_payment_gives_a_mandate_for_this_payment(api, customer, bank):
    sent = confirm(api, customer, bank, mandate_data=ACCEPTED)
    given = api.mandates.retrieve(used(api, sent))
    assert (given.type, given.single_use.amount) == ("single_use", 1000)
    assert given.customer_acceptance.online.ip_address == "192.0.2.1"


def test_consent_to_later_payments_gives_a_lasting_mandate(api, customer, bank):
    intent = create(api, customer, bank, setup_future_usage="off_session")
    sent = api.payment_intents.confirm(intent.id, {"mandate_data": ACCEPTED})
    given = api.mandates.retrieve(used(api, sent))
    assert given.type == "multi_use"
    assert used(api, confirm(api, customer, bank)) == given.id


def test_account_without_any_mandate_is_debited_without_one(api, customer, bank):
    assert used(api, confirm(api, customer, bank)) is None


def test_unknown_mandate_is_refused(api, customer, bank):
    code = refused(api, customer, bank, mandate="mandate_none")
    assert code == ("resource_missing", "mandate")


def test_mandate_of_another_account_is_refused(api, customer, mandate):
    other = attach(api, customer, "pm_usBankAccount_success")
    code = refused(api, customer, other, mandate=mandate)
    assert code == ("payment_intent_mandate_invalid", "mandate")


@pytest.mark.parametrize("status", ["inactive", "pending"])
@pytest.mark.parametrize("named", [True, False])
def test_account_is_not_debited_under_a_mandate_that_is_not_active(
    api, admin, customer, bank, mandate, status, named
):
    admin.set_mandate_status(mandate, status)
    params = {"mandate": mandate} if named else {}
    code = refused(api, customer, bank, **params)
    assert code == ("payment_intent_mandate_invalid", "mandate")
    assert api.mandates.retrieve(mandate).status == status
    assert admin.ledger()["entries"] == []


def test_mandate_that_is_active_again_can_be_used(api, admin, customer, bank, mandate):
    admin.set_mandate_status(mandate, "inactive")
    admin.set_mandate_status(mandate, "active")
    assert confirm(api, customer, bank).status == "processing"


def test_change_of_a_mandate_is_an_event(api, admin, mandate):
    admin.set_mandate_status(mandate, "inactive")
    admin.set_mandate_status(mandate, "inactive")
    event = api.events.list({"type": "mandate.updated"}).data
    assert [item.data.object.id for item in event] == [mandate]
    assert event[0].data.previous_attributes.to_dict() == {"status": "active"}


@pytest.mark.parametrize("late", [True, False])
def test_debit_that_was_not_authorized_ends_the_mandate(
    api, admin, customer, bank, mandate, late
):
    sent = charge(api, customer, bank)
    if late:
        admin.settle(sent.id)
        admin.return_debit(sent.id, "debit_not_authorized", "R10")
    else:
        admin.settle(sent.id, "failed", "debit_not_authorized", "R10")
    assert api.mandates.retrieve(mandate).status == "inactive"


def test_debit_without_funds_leaves_the_mandate(api, admin, customer, bank, mandate):
    sent = charge(api, customer, bank)
    admin.settle(sent.id, "failed", "insufficient_funds", "R01")
    assert api.mandates.retrieve(mandate).status == "active"


def test_card_gets_no_mandate(admin, card):
    with pytest.raises(AdminError, match="Only a bank account"):
        admin.create_mandate(card)


def test_mandate_has_no_other_status(admin, mandate):
    with pytest.raises(AdminError, match="The status is one of"):
        admin.set_mandate_status(mandate, "tired")
