import pytest
import stripe

from .support import OFF_SESSION, attach, charge, create, kinds, totals

DAY = 86_400
IN_EUR = {"currency": "eur"}


def test_debit_stays_in_processing_until_the_bank_answers(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = charge(api, customer, bank)
    admin.advance(3 * DAY)
    waiting = api.payment_intents.retrieve(sent.id)
    assert (waiting.status, waiting.amount_received) == ("processing", 0)
    assert api.charges.retrieve(sent.latest_charge).status == "pending"
    assert totals(admin) == {"charged": 0, "pending": 1000, "failed": 0}


def test_debit_succeeds_after_days_of_virtual_time(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = charge(api, customer, bank)
    admin.advance(4 * DAY)
    paid = api.payment_intents.retrieve(sent.id)
    assert (paid.status, paid.amount_received) == ("succeeded", 1000)
    assert kinds(admin) == ["submitted", "settled"]
    assert totals(admin) == {"charged": 1000, "pending": 0, "failed": 0}


def test_settlement_is_dated_when_it_was_due(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = charge(api, customer, bank)
    admin.advance(30 * DAY)
    submitted, settled = admin.ledger()["entries"]
    assert settled["at"] - submitted["at"] == 4 * DAY
    assert settled["payment_intent"] == sent.id


def test_banks_that_are_hurried_answer_now_and_the_clock_stays(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = charge(api, customer, bank)
    before = admin.now()
    assert admin.hurry(3 * DAY) - before < 60
    assert api.payment_intents.retrieve(sent.id).status == "processing"
    admin.hurry(4 * DAY)
    assert api.payment_intents.retrieve(sent.id).status == "succeeded"
    submitted, settled = admin.ledger()["entries"]
    assert settled["at"] - submitted["at"] < 60


def test_what_hurried_actions_begin_is_hurried_with_them(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_dispute")
    charge(api, customer, bank)
    admin.hurry(365 * DAY)
    assert "dispute" in " ".join(kinds(admin))


RETURNS = [
    ("pm_usBankAccount_insufficientFunds", "usd", "insufficient_funds", "R01"),
    ("pm_usBankAccount_accountClosed", "usd", "account_closed", "R02"),
    ("pm_usBankAccount_noAccount", "usd", "no_account", "R03"),
    ("pm_usBankAccount_debitNotAuthorized", "usd", "debit_not_authorized", "R10"),
    ("pm_insufficientFunds_de", "eur", "insufficient_funds", "AM04"),
    ("pm_failed_de", "eur", "refer_to_customer", None),
]


@pytest.mark.parametrize(("test_id", "currency", "code", "network"), RETURNS)
def test_returned_debit_says_why(
    api, admin, customer, test_id, currency, code, network
):
    method = attach(api, customer, test_id)
    sent = charge(api, customer, method, currency=currency)
    admin.advance(10 * DAY)
    failed = api.payment_intents.retrieve(sent.id)
    error = failed.last_payment_error.to_dict()
    assert (failed.status, failed.payment_method) == ("requires_payment_method", None)
    assert (error["code"], error.get("network_decline_code")) == (code, network)
    assert api.charges.retrieve(sent.latest_charge).failure_code == code
    assert totals(admin, currency) == {"charged": 0, "pending": 0, "failed": 1000}


def test_account_returned_as_closed_is_blocked(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_accountClosed")
    charge(api, customer, bank)
    admin.advance(10 * DAY)
    blocked = api.payment_methods.retrieve(bank).us_bank_account.status_details.blocked
    intent = create(api, customer, bank)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.confirm(intent.id, OFF_SESSION)
    assert (blocked.network_code, blocked.reason) == ("R02", "bank_account_closed")
    assert refused.value.code == "payment_method_bank_account_blocked"


def test_account_without_funds_can_be_debited_again(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_insufficientFunds")
    charge(api, customer, bank)
    admin.advance(10 * DAY)
    assert charge(api, customer, bank).status == "processing"


def test_sepa_debit_takes_longer_than_ach(api, admin, customer):
    sent = charge(api, customer, attach(api, customer, "pm_success_de"), **IN_EUR)
    admin.advance(5 * DAY)
    assert api.payment_intents.retrieve(sent.id).status == "processing"
    admin.advance(DAY)
    assert api.payment_intents.retrieve(sent.id).status == "succeeded"


def test_delayed_test_account_answers_after_three_minutes(api, admin, customer):
    account = attach(api, customer, "pm_successDelayed_de")
    sent = charge(api, customer, account, **IN_EUR)
    admin.advance(180)
    assert api.payment_intents.retrieve(sent.id).status == "succeeded"


def test_debit_in_processing_cannot_be_recalled(api, customer):
    sent = charge(api, customer, attach(api, customer, "pm_usBankAccount_success"))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.cancel(sent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_debit_that_hangs_for_ever_can_be_canceled(api, admin, customer):
    sent = charge(api, customer, attach(api, customer, "pm_usBankAccount_processing"))
    admin.advance(365 * DAY)
    assert api.payment_intents.retrieve(sent.id).status == "processing"
    assert api.payment_intents.cancel(sent.id).status == "canceled"
    assert totals(admin) == {"charged": 0, "pending": 0, "failed": 1000}


def test_one_debit_can_be_settled_at_once(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    one, two = charge(api, customer, bank), charge(api, customer, bank)
    assert admin.settle(one.id) == [one.id]
    assert api.payment_intents.retrieve(one.id).status == "succeeded"
    assert api.payment_intents.retrieve(two.id).status == "processing"


def test_all_debits_can_be_returned_with_one_code(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = {charge(api, customer, bank).id for _number in range(3)}
    settled = admin.settle(None, "failed", "debit_not_authorized", "R10")
    assert set(settled) == sent
    error = api.payment_intents.retrieve(settled[0]).last_payment_error
    assert (error.code, error.network_decline_code) == ("debit_not_authorized", "R10")


def test_settled_debit_is_not_settled_again_when_its_time_comes(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = charge(api, customer, bank)
    admin.settle(sent.id, "failed", "insufficient_funds", "R01")
    admin.advance(10 * DAY)
    assert kinds(admin) == ["submitted", "failed"]


def test_any_settlement_can_be_asked_for(api, admin, customer):
    behaviour = {
        "kind": "processing",
        "settle_after": 60,
        "outcome": "failed",
        "failure_code": "account_closed",
        "network_decline_code": "R02",
    }
    bank = admin.create_payment_method("us_bank_account", customer, behaviour)["id"]
    sent = charge(api, customer, bank)
    admin.advance(60)
    error = api.payment_intents.retrieve(sent.id).last_payment_error
    assert (error.code, error.network_decline_code) == ("account_closed", "R02")


def test_bank_account_about_which_nothing_was_said_is_debited_over_days(
    api, admin, customer
):
    bank = admin.create_payment_method("us_bank_account", customer)["id"]
    sent = charge(api, customer, bank)
    admin.advance(4 * DAY)
    assert sent.status == "processing"
    assert api.payment_intents.retrieve(sent.id).status == "succeeded"
