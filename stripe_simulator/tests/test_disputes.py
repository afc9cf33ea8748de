import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import OFF_SESSION, attach, charge, create, kinds, totals


@pytest.fixture
def paid(api, customer, card):
    """An intent of 10.00 that was paid by card."""
    return charge(api, customer, card)


@pytest.fixture
def debited(api, admin, customer):
    """An intent of 10.00 that was paid from a bank account, days ago."""
    sent = charge(api, customer, attach(api, customer, "pm_usBankAccount_success"))
    admin.settle(sent.id)
    return sent


def withdrawn(admin, currency="usd"):
    return totals(admin, currency).get("disputed", 0)


def test_dispute_takes_the_money_of_the_charge(api, admin, paid):
    opened = admin.open_dispute(paid.latest_charge)
    read = api.disputes.retrieve(opened["id"])
    assert (read.status, read.reason, read.amount) == (
        "needs_response",
        "fraudulent",
        1000,
    )
    assert (read.charge, read.payment_intent) == (paid.latest_charge, paid.id)
    assert api.charges.retrieve(paid.latest_charge).disputed is True
    assert withdrawn(admin) == 1000
    assert [item.amount for item in read.balance_transactions] == [-1000]


def test_dispute_of_a_part_takes_that_part(admin, paid):
    assert admin.open_dispute(paid.id, amount=300)["amount"] == 300
    assert withdrawn(admin) == 300


def test_dispute_that_is_won_gives_the_money_back(api, admin, paid):
    opened = admin.open_dispute(paid.id)
    admin.answer_dispute(opened["id"])
    won = admin.win_dispute(opened["id"])
    amounts = [item["amount"] for item in won["balance_transactions"]]
    assert (won["status"], amounts) == ("won", [-1000, 1000])
    assert withdrawn(admin) == 0
    assert kinds(admin) == ["charge", "dispute_withdrawn", "dispute_reinstated"]
    assert api.charges.retrieve(paid.latest_charge).disputed is True


def test_dispute_that_is_lost_keeps_the_money(admin, paid):
    opened = admin.open_dispute(paid.id)
    assert admin.lose_dispute(opened["id"])["status"] == "lost"
    assert withdrawn(admin) == 1000


def test_dispute_can_be_given_up_by_the_account(api, admin, paid):
    opened = admin.open_dispute(paid.id)
    assert api.disputes.close(opened["id"]).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        api.disputes.close(opened["id"])


def test_ended_dispute_takes_no_further_step(admin, paid):
    opened = admin.open_dispute(paid.id)
    admin.lose_dispute(opened["id"])
    with pytest.raises(AdminError, match="The dispute is lost"):
        admin.win_dispute(opened["id"])


def test_disputed_charge_cannot_be_refunded(api, admin, paid):
    admin.open_dispute(paid.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"payment_intent": paid.id})
    assert refused.value.code == "charge_disputed"


def test_no_more_than_what_was_not_given_back_can_be_disputed(api, admin, paid):
    api.refunds.create({"payment_intent": paid.id, "amount": 400})
    with pytest.raises(AdminError, match="Between 1 and 600"):
        admin.open_dispute(paid.id, amount=601)
    assert admin.open_dispute(paid.id)["amount"] == 600


def test_money_that_a_dispute_took_is_not_taken_again(admin, paid):
    admin.lose_dispute(admin.open_dispute(paid.id, amount=400)["id"])
    with pytest.raises(AdminError, match="Between 1 and 600"):
        admin.open_dispute(paid.id, amount=601)


def test_charge_whose_dispute_was_won_can_be_refunded(api, admin, paid):
    won = admin.win_dispute(admin.open_dispute(paid.id)["id"])
    assert won["is_charge_refundable"] is True
    assert api.refunds.create({"payment_intent": paid.id}).amount == 1000


def test_unknown_reason_of_a_dispute_is_refused(admin, paid):
    with pytest.raises(AdminError, match="Unknown reason"):
        admin.open_dispute(paid.id, "mood")


# === INQUIRIES === #


def test_inquiry_takes_no_money(api, admin, paid):
    opened = admin.open_dispute(paid.id, "general", inquiry=True)
    assert (opened["status"], opened["balance_transactions"]) == (
        "warning_needs_response",
        [],
    )
    assert opened["is_charge_refundable"] is True
    assert withdrawn(admin) == 0
    assert api.refunds.create({"payment_intent": paid.id}).status == "succeeded"


def test_inquiry_can_end_without_consequence(admin, paid):
    opened = admin.open_dispute(paid.id, inquiry=True)
    assert admin.close_inquiry(opened["id"])["status"] == "warning_closed"
    assert withdrawn(admin) == 0


def test_inquiry_can_become_a_dispute(admin, paid):
    opened = admin.open_dispute(paid.id, inquiry=True)
    assert admin.escalate_inquiry(opened["id"])["status"] == "needs_response"
    assert withdrawn(admin) == 1000


def test_inquiry_after_a_refund_takes_only_what_is_left(api, admin, paid):
    opened = admin.open_dispute(paid.id, inquiry=True)["id"]
    api.refunds.create({"payment_intent": paid.id, "amount": 700})
    escalated = admin.escalate_inquiry(opened)
    amounts = [item["amount"] for item in escalated["balance_transactions"]]
    assert (withdrawn(admin), amounts) == (300, [-300])


def test_inquiry_after_a_whole_refund_takes_nothing(api, admin, paid):
    opened = admin.open_dispute(paid.id, inquiry=True)["id"]
    api.refunds.create({"payment_intent": paid.id})
    admin.escalate_inquiry(opened)
    assert admin.win_dispute(opened)["balance_transactions"] == []
    assert withdrawn(admin) == 0


# === TEST METHODS === #


@pytest.mark.parametrize(
    ("test_id", "reason", "status"),
    [
        ("pm_card_createDispute", "fraudulent", "needs_response"),
        (
            "pm_card_createDisputeProductNotReceived",
            "product_not_received",
            "needs_response",
        ),
        ("pm_card_createDisputeInquiry", "general", "warning_needs_response"),
    ],
)
def test_test_card_is_disputed_by_itself(api, customer, test_id, reason, status):
    sent = charge(api, customer, attach(api, customer, test_id))
    found = api.disputes.list({"payment_intent": sent.id}).data
    assert sent.status == "succeeded"
    assert [(item.reason, item.status) for item in found] == [(reason, status)]


def test_test_card_is_reported_as_fraud_by_itself(api, customer):
    sent = charge(
        api, customer, attach(api, customer, "pm_card_createIssuerFraudRecord")
    )
    found = api.radar.early_fraud_warnings.list({"charge": sent.latest_charge}).data
    assert [item.fraud_type for item in found] == ["unauthorized_use_of_card"]
    assert api.radar.early_fraud_warnings.retrieve(found[0].id).actionable is True


def test_bank_can_warn_of_fraud_at_any_time(api, admin, paid):
    made = admin.warn_of_fraud(paid.id)
    read = api.radar.early_fraud_warnings.retrieve(made["id"], {"expand": ["charge"]})
    assert read.charge.id == paid.latest_charge


# === DEBITS THAT COME BACK LATE === #


def test_debit_can_come_back_after_it_had_succeeded(api, admin, debited):
    admin.return_debit(debited.id, "insufficient_funds", "R01")
    dispute = api.disputes.list({"charge": debited.latest_charge}).data[0]
    assert (dispute.status, dispute.reason) == ("lost", "insufficient_funds")
    assert (dispute.network_reason_code, dispute.is_charge_refundable) == ("R01", False)
    assert dispute.payment_method_details.type == "us_bank_account"
    assert dispute.evidence_details.due_by == 0
    assert api.payment_intents.retrieve(debited.id).status == "succeeded"
    assert kinds(admin) == ["submitted", "settled", "dispute_withdrawn"]


def test_account_whose_debit_was_not_authorized_is_blocked(
    api, admin, customer, debited
):
    admin.return_debit(debited.latest_charge, "debit_not_authorized", "R10")
    intent = create(api, customer, debited.payment_method)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.confirm(intent.id, OFF_SESSION)
    assert refused.value.code == "payment_method_bank_account_blocked"


def test_card_payment_is_not_returned_like_a_debit(admin, paid):
    with pytest.raises(AdminError, match="this is a card"):
        admin.return_debit(paid.id)


def test_debit_under_way_cannot_come_back_late(api, admin, customer):
    sent = charge(api, customer, attach(api, customer, "pm_usBankAccount_success"))
    with pytest.raises(AdminError, match="The charge is pending"):
        admin.return_debit(sent.id)


@pytest.mark.parametrize(
    ("test_id", "currency"),
    [("pm_usBankAccount_dispute", "usd"), ("pm_disputed_de", "eur")],
)
def test_test_account_whose_debit_comes_back(api, admin, customer, test_id, currency):
    account = attach(api, customer, test_id)
    sent = charge(api, customer, account, currency=currency)
    admin.settle(sent.id)
    dispute = api.disputes.list({"payment_intent": sent.id}).data[0]
    assert (dispute.status, dispute.reason) == ("lost", "debit_not_authorized")
    assert withdrawn(admin, currency) == 1000


# === LISTS === #


def test_disputes_are_listed_by_charge_intent_and_time(api, admin, paid, debited):
    old = admin.open_dispute(paid.id)["id"]
    later = admin.advance(3600)
    new = admin.return_debit(debited.id)["id"]
    lists = {
        "all": api.disputes.list(),
        "charge": api.disputes.list({"charge": paid.latest_charge}),
        "intent": api.disputes.list({"payment_intent": debited.id}),
        "since": api.disputes.list({"created": {"gte": later}}),
    }
    found = {name: [item.id for item in page] for name, page in lists.items()}
    assert found == {
        "all": [new, old],
        "charge": [old],
        "intent": [new],
        "since": [new],
    }


def test_dispute_can_show_its_charge(api, admin, paid):
    opened = admin.open_dispute(paid.id)["id"]
    shown = api.disputes.retrieve(opened, {"expand": ["charge", "payment_intent"]})
    assert (shown.charge.disputed, shown.payment_intent.id) == (True, paid.id)
