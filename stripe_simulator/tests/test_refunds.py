import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import attach, charge, connect, create, kinds, totals

DAY = 86_400


@pytest.fixture
def paid(api, customer, card):
    """A charge of 10.00 that was paid by card."""
    return api.charges.retrieve(charge(api, customer, card).latest_charge)


def refund(api, made, **params):
    return api.refunds.create({"charge": made.id, **params})


def refused(api, **params):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.refunds.create(params)
    return error.value


def taken(admin, currency="usd"):
    found = totals(admin, currency)
    return found["charged"] - found.get("refunded", 0)


def test_refund_gives_everything_back_unless_told_otherwise(api, admin, paid):
    made = refund(api, paid)
    after = api.charges.retrieve(paid.id)
    assert (made.amount, made.status, made.charge) == (1000, "succeeded", paid.id)
    assert (after.amount_refunded, after.refunded) == (1000, True)
    assert taken(admin) == 0


def test_refund_of_an_intent_is_one_of_its_charge(api, paid):
    made = api.refunds.create({"payment_intent": paid.payment_intent})
    assert (made.charge, made.payment_intent) == (paid.id, paid.payment_intent)


def test_part_of_a_charge_can_be_given_back(api, admin, paid):
    refund(api, paid, amount=300)
    after = api.charges.retrieve(paid.id)
    assert (after.amount_refunded, after.refunded) == (300, False)
    assert taken(admin) == 700


def test_parts_never_give_back_more_than_was_paid(api, admin, paid):
    refund(api, paid, amount=999)
    error = refused(api, charge=paid.id, amount=2)
    assert (error.http_status, error.param) == (400, "amount")
    assert "($0.02) is greater than unrefunded amount on charge ($0.01)" in str(error)
    assert api.charges.retrieve(paid.id).amount_refunded == 999


def test_more_than_was_charged_is_not_given_back(api, paid):
    error = refused(api, charge=paid.id, amount=1001)
    assert "greater than charge amount ($10.00)" in str(error)


def test_charge_that_was_given_back_is_not_given_back_again(api, admin, paid):
    refund(api, paid)
    assert refused(api, charge=paid.id).code == "charge_already_refunded"
    assert kinds(admin) == ["charge", "refund"]


def test_nothing_cannot_be_given_back(api, paid):
    assert refused(api, charge=paid.id, amount=0).code == "parameter_invalid_integer"


def test_refund_must_say_of_what(api):
    assert refused(api, amount=5).code == "parameter_missing"


def test_refund_of_both_a_charge_and_an_intent_is_refused(api, paid):
    error = refused(api, charge=paid.id, payment_intent=paid.payment_intent)
    assert "only specify one" in str(error)


def test_refund_of_an_unknown_charge_is_refused(api):
    error = refused(api, charge="ch_none")
    assert (error.code, error.param) == ("resource_missing", "charge")


def test_intent_that_was_not_paid_cannot_be_refunded(api, customer, card):
    intent = create(api, customer, card)
    assert "successful charge" in str(refused(api, payment_intent=intent.id))


def test_declined_charge_cannot_be_refunded(api, customer):
    card = attach(api, customer, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as declined:
        charge(api, customer, card)
    error = refused(api, charge=declined.value.error.charge)
    assert error.code == "charge_not_refundable"


def test_unknown_parameter_of_a_refund_is_refused(api, paid):
    assert refused(api, charge=paid.id, amont=1).code == "parameter_unknown"


def test_reason_outside_of_stripes_list_is_refused(api, paid):
    assert "must be one of" in str(refused(api, charge=paid.id, reason="mood"))


def test_repeated_request_gives_back_once(api, admin, paid):
    options = {"idempotency_key": "r1"}
    one, two = (api.refunds.create({"charge": paid.id}, options) for _n in range(2))
    assert one.id == two.id
    assert kinds(admin) == ["charge", "refund"]


def test_ledger_entry_of_a_refund_names_it(api, admin, paid):
    made = refund(api, paid, amount=400)
    entry = admin.ledger()["entries"][-1]
    assert (entry["kind"], entry["amount"]) == ("refund", 400)
    assert (entry["refund"], entry["charge"]) == (made.id, paid.id)


def test_reason_and_metadata_are_kept(api, paid):
    made = refund(api, paid, reason="duplicate", metadata={"a": "1"})
    api.refunds.update(made.id, {"metadata": {"b": "2"}})
    read = api.refunds.retrieve(made.id)
    assert (read.reason, read.metadata.to_dict()) == ("duplicate", {"a": "1", "b": "2"})


def test_refunds_are_listed_by_charge_intent_and_time(api, admin, customer, card, paid):
    one = refund(api, paid, amount=100)
    later = admin.advance(3600)
    two = refund(api, paid, amount=100)
    other = api.charges.retrieve(charge(api, customer, card).latest_charge)
    three = refund(api, other)
    lists = {
        "charge": api.refunds.list({"charge": paid.id}),
        "intent": api.refunds.list({"payment_intent": paid.payment_intent}),
        "since": api.refunds.list({"created": {"gte": later}}),
        "after": api.refunds.list({"limit": 1, "starting_after": three.id}),
    }
    found = {name: [item.id for item in page] for name, page in lists.items()}
    assert found["charge"] == found["intent"] == [two.id, one.id]
    assert found["since"] == [three.id, two.id]
    assert found["after"][0] == two.id


def test_refund_can_show_its_charge(api, paid):
    made = refund(api, paid, expand=["charge.payment_intent"])
    assert made.charge.amount_refunded == 1000
    assert made.charge.payment_intent.id == paid.payment_intent


def test_charge_can_show_its_refunds(api, paid):
    one, two = refund(api, paid, amount=1), refund(api, paid, amount=2)
    shown = api.charges.retrieve(paid.id, {"expand": ["refunds"]})
    assert [item.id for item in shown.refunds.data] == [two.id, one.id]


def test_charge_of_an_older_version_shows_its_refunds(sim, api, paid):
    made = refund(api, paid)
    old = connect(sim.url, stripe_version="2019-05-16")
    assert old.charges.retrieve(paid.id).refunds.data[0].id == made.id


# === REFUNDS THAT TAKE TIME === #


@pytest.fixture
def debited(api, admin, customer):
    """A debit of 10.00 that has succeeded."""
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = charge(api, customer, bank)
    admin.settle(sent.id)
    return api.charges.retrieve(sent.latest_charge)


def test_refund_to_a_bank_is_pending_until_it_has_settled(api, admin, debited):
    made = refund(api, debited)
    assert (made.status, made.pending_reason) == ("pending", "processing")
    assert api.charges.retrieve(debited.id).refunded
    admin.advance(4 * DAY)
    assert api.refunds.retrieve(made.id).status == "succeeded"
    assert taken(admin) == 0


def test_refund_to_a_bank_can_be_settled_at_once(api, admin, debited):
    made = refund(api, debited)
    assert admin.settle_refund(made.id)["status"] == "succeeded"


def test_refund_that_fails_is_counted_as_not_given_back(api, admin, debited):
    made = refund(api, debited, amount=400)
    admin.settle_refund(made.id, "failed", "declined")
    failed = api.refunds.retrieve(made.id)
    after = api.charges.retrieve(debited.id)
    assert (failed.status, failed.failure_reason) == ("failed", "declined")
    assert (after.amount_refunded, after.refunded) == (0, False)
    assert taken(admin) == 1000
    assert refund(api, debited).amount == 1000


def test_refund_can_fail_after_it_had_succeeded(api, admin, paid):
    made = refund(api, paid)
    admin.settle_refund(made.id, "failed")
    assert api.refunds.retrieve(made.id).failure_reason == "unknown"
    assert api.charges.retrieve(paid.id).refunded is False
    assert kinds(admin) == ["charge", "refund", "refund_undone"]


def test_refund_that_waits_for_the_customer_can_be_canceled(api, admin, debited):
    made = refund(api, debited)
    admin.settle_refund(made.id, "requires_action")
    assert api.refunds.cancel(made.id).status == "canceled"
    assert taken(admin) == 1000


def test_refund_that_waits_for_nobody_cannot_be_canceled(api, paid):
    made = refund(api, paid)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        api.refunds.cancel(made.id)


def test_failed_refund_is_over(api, admin, paid):
    made = refund(api, paid)
    admin.settle_refund(made.id, "failed")
    with pytest.raises(AdminError, match="failed and cannot become succeeded"):
        admin.settle_refund(made.id, "succeeded")


def test_test_card_whose_refunds_are_pending_at_first(api, admin, customer):
    card = attach(api, customer, "pm_card_pendingRefund")
    made = api.refunds.create({"payment_intent": charge(api, customer, card).id})
    admin.advance(180)
    assert made.status == "pending"
    assert api.refunds.retrieve(made.id).status == "succeeded"


def test_test_card_whose_refunds_fail_later(api, admin, customer):
    card = attach(api, customer, "pm_card_refundFail")
    made = api.refunds.create({"payment_intent": charge(api, customer, card).id})
    admin.advance(180)
    failed = api.refunds.retrieve(made.id)
    assert made.status == "succeeded"
    assert failed.failure_reason == "expired_or_canceled_card"


def test_debit_under_way_cannot_be_refunded_here(api, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    sent = charge(api, customer, bank)
    assert refused(api, payment_intent=sent.id).code == "parameter_not_simulated"
