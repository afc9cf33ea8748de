import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import attach, charge, connect, create, kinds, totals


def test_health(admin):
    assert admin.health() == {"status": "ok"}


def test_ledger_entry_tells_who_paid_what_with_which(api, admin, customer, card):
    paid = charge(api, customer, card, "k1", amount=1234, metadata={"tx": "7"})
    entry = admin.ledger()["entries"][0]
    assert abs(entry.pop("at") - admin.now()) <= 5
    assert entry.pop("seq") > 0
    assert entry == {
        "kind": "charge",
        "payment_intent": paid.id,
        "charge": paid.latest_charge,
        "customer": customer,
        "payment_method": card,
        "amount": 1234,
        "currency": "usd",
        "metadata": {"tx": "7"},
        "livemode": False,
        "account": "acct_simulator",
        "idempotency_key": "k1",
    }


def test_totals_are_kept_by_currency_to_the_minor_unit(api, admin, customer, card):
    bank = attach(api, customer, "pm_usBankAccount_success")
    for amount in (1001, 1002, 1003):
        charge(api, customer, card, amount=amount)
    charge(api, customer, card, amount=5005, currency="jpy")
    charge(api, customer, bank, amount=707)
    assert totals(admin) == {"charged": 3006, "pending": 707, "failed": 0}
    assert totals(admin, "jpy") == {"charged": 5005, "pending": 0, "failed": 0}


def test_reset_forgets_everything(api, admin, customer, card):
    charge(api, customer, card)
    admin.add_fault("refuse")
    admin.set_latency(0.5)
    admin.advance(86_400)
    admin.reset()
    assert admin.ledger() == {"entries": [], "totals": {}}
    assert admin.faults() == []
    assert admin.state()["objects"] == {}
    assert admin.state()["latency"] == 0
    assert abs(admin.now() - time.time()) < 5


def test_clock_runs_with_real_time_and_can_be_moved_forward(admin):
    before = admin.now()
    after = admin.advance(3600)
    assert 3600 <= after - before <= 3602


@pytest.mark.parametrize("seconds", [-1, "soon", None, True])
def test_clock_moves_forward_only(admin, seconds):
    with pytest.raises(AdminError, match="number of seconds"):
        admin.advance(seconds)


def test_latency_delays_each_request(api, admin):
    admin.set_latency(0.3)
    start = time.monotonic()
    api.customers.list()
    assert time.monotonic() - start >= 0.3


def test_latency_lets_a_hundred_requests_wait_together(sim, api, admin, customer, card):
    intents = [create(api, customer, card).id for _number in range(100)]
    admin.set_latency(0.5)
    client = connect(sim.url)

    def confirm(intent_id):
        return client.payment_intents.confirm(intent_id, {"off_session": True}).status

    start = time.monotonic()
    with ThreadPoolExecutor(100) as pool:
        outcomes = set(pool.map(confirm, intents))
    assert outcomes == {"succeeded"}
    assert time.monotonic() - start < 10
    assert totals(admin)["charged"] == 100 * 1000


def test_concurrent_confirmations_charge_once(sim, api, admin, customer, card):
    intent = create(api, customer, card)
    admin.set_latency(0.2)
    client = connect(sim.url)

    def confirm(number):
        try:
            options = {"idempotency_key": f"k{number}"}
            params = {"off_session": True}
            return client.payment_intents.confirm(intent.id, params, options).status
        except stripe.StripeError as error:
            return error.error.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(confirm, range(8)))
    assert outcomes.count("succeeded") == 1
    assert set(outcomes) <= {
        *("succeeded", "lock_timeout", "payment_intent_unexpected_state"),
    }
    assert kinds(admin) == ["charge"]


def test_requests_are_recorded_with_body_key_and_status(api, admin, customer, card):
    charge(api, customer, card, "k1", metadata={"tx": "7"})
    created, confirmed = admin.requests(2)
    assert created["body"]["metadata"] == {"tx": "7"}
    assert created["payment_method"] == card
    assert confirmed["idempotency_key"] == "k1"
    assert (confirmed["method"], confirmed["status"]) == ("POST", 200)
    assert confirmed["livemode"] is False


def test_request_that_got_no_answer_is_recorded_without_a_status(api, admin):
    admin.add_fault("refuse")
    with pytest.raises(stripe.APIConnectionError):
        api.customers.list()
    last = admin.requests(1)[0]
    assert (last["status"], last["fault"]) == (None, "refuse")


def test_secrets_are_not_recorded(sim, api, admin):
    bank = {
        "account_holder_type": "company",
        "account_number": "000123456789",
        "routing_number": "110000000",
    }
    api.payment_methods.create(
        {
            "type": "us_bank_account",
            "us_bank_account": bank,
            "billing_details": {"name": "Customer A"},
        }
    )
    recorded = str(admin.requests())
    assert "000123456789" not in recorded
    assert "sk_test_x" not in recorded


def test_recorded_requests_can_be_cleared(api, admin, customer):
    admin.clear_requests()
    assert admin.requests() == []
    api.customers.list()
    assert len(admin.requests()) == 1


def test_state_counts_objects_by_account_and_mode(api, admin, customer, card):
    charge(api, customer, card)
    assert admin.state()["objects"]["acct_simulator/test"] == {
        "customers": 1,
        "payment_methods": 1,
        "payment_intents": 1,
        "charges": 1,
    }


def test_method_can_be_made_with_what_is_printed_on_it(api, admin, customer):
    printed = {"brand": "amex", "last4": "0077", "exp_month": 2, "exp_year": 2031}
    made = admin.create_payment_method("card", customer, card=printed)
    card = api.payment_methods.retrieve(made["id"]).card
    assert (card.brand, card.last4, card.exp_month, card.exp_year) == (
        "amex",
        "0077",
        2,
        2031,
    )


def test_what_is_printed_on_a_method_can_be_changed(api, admin, card):
    admin.change_payment_method(card, card={"last4": "1111", "exp_year": 2040})
    changed = api.payment_methods.retrieve(card).card
    assert (changed.last4, changed.exp_year, changed.brand) == ("1111", 2040, "visa")


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ({"kind": "explode"}, "Unknown behaviour kind"),
        ({"kind": "decline", "colour": "red"}, "Unknown behaviour key: colour"),
        ({"kind": "processing", "outcome": "perhaps"}, "outcome"),
        ({"kind": "processing", "settle_after": "soon"}, "'settle_after' must be"),
    ],
)
def test_behaviour_that_makes_no_sense_is_refused(admin, behaviour, sentence):
    with pytest.raises(AdminError, match=sentence):
        admin.create_payment_method("card", None, behaviour)


def test_method_for_an_unknown_customer_is_refused(admin):
    with pytest.raises(AdminError, match="no customer cus_none"):
        admin.create_payment_method("card", "cus_none")


def test_settling_an_unknown_intent_is_refused(admin):
    with pytest.raises(AdminError, match="no payment_intent pi_none"):
        admin.settle("pi_none")


def test_authenticating_a_paid_intent_is_refused(api, admin, customer, card):
    paid = charge(api, customer, card)
    with pytest.raises(AdminError, match="not requires_action"):
        admin.authenticate(paid.id)
