import time

import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import OFF_SESSION, attach, charge, connect, create, kinds

CONFIRM = "/v1/payment_intents/*/confirm"
KEY = {"idempotency_key": "k"}


@pytest.fixture
def intent(api, customer, card):
    return create(api, customer, card)


def confirm(api, intent, options=KEY):
    return api.payment_intents.confirm(intent.id, OFF_SESSION, options)


@pytest.mark.parametrize(
    ("kind", "moved"),
    [("refuse", False), ("reset_before", False), ("reset_after", True)],
)
def test_broken_connection_before_or_after_execution(api, admin, intent, kind, moved):
    admin.add_fault(kind, path=CONFIRM)
    with pytest.raises(stripe.APIConnectionError):
        confirm(api, intent)
    assert kinds(admin) == (["charge"] if moved else [])
    assert confirm(api, intent).status == "succeeded"
    assert kinds(admin) == ["charge"]


@pytest.mark.parametrize(
    ("kind", "moved"), [("html_502_before", False), ("html_502_after", True)]
)
def test_proxy_error_before_or_after_execution(api, admin, intent, kind, moved):
    admin.add_fault(kind, path=CONFIRM)
    with pytest.raises(stripe.APIError) as failed:
        confirm(api, intent)
    assert failed.value.http_status == 502
    assert "<html>" in failed.value.http_body
    assert kinds(admin) == (["charge"] if moved else [])
    assert confirm(api, intent).status == "succeeded"
    assert kinds(admin) == ["charge"]


def test_server_error_before_execution_leaves_the_key_free(api, admin, intent):
    admin.add_fault("error_500_before", path=CONFIRM)
    with pytest.raises(stripe.APIError) as failed:
        confirm(api, intent)
    assert failed.value.http_status == 500
    assert kinds(admin) == []
    assert confirm(api, intent).status == "succeeded"


def test_conflict_says_that_the_key_is_in_use(api, admin, intent):
    admin.add_fault("conflict_409", path=CONFIRM)
    with pytest.raises(stripe.APIError) as failed:
        confirm(api, intent)
    assert (failed.value.http_status, failed.value.error.code) == (
        409,
        "idempotency_key_in_use",
    )
    assert kinds(admin) == []


def test_rate_limit_may_say_whether_to_retry(api, admin, intent):
    admin.add_fault("rate_limit_429", path=CONFIRM, should_retry=True)
    with pytest.raises(stripe.RateLimitError) as failed:
        confirm(api, intent)
    assert failed.value.error.code == "rate_limit"
    assert failed.value.headers["Stripe-Should-Retry"] == "true"


def test_body_cut_in_the_middle(api, admin, intent):
    admin.add_fault("truncate", path=CONFIRM)
    with pytest.raises(stripe.APIConnectionError):
        confirm(api, intent)
    assert kinds(admin) == ["charge"]
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"


def test_unreadable_200(api, admin, intent):
    admin.add_fault("garbage", path=CONFIRM)
    with pytest.raises(stripe.APIError) as failed:
        confirm(api, intent)
    assert failed.value.http_status == 200
    assert kinds(admin) == ["charge"]


@pytest.mark.parametrize("kind", ["delay_before", "delay_after", "drip"])
def test_answer_that_comes_late(api, admin, intent, kind):
    admin.add_fault(kind, path=CONFIRM, seconds=0.5)
    start = time.monotonic()
    assert confirm(api, intent).status == "succeeded"
    assert time.monotonic() - start >= 0.5


@pytest.mark.parametrize("kind", ["delay_before", "delay_after"])
def test_client_that_gives_up_waiting_has_paid_all_the_same(sim, admin, intent, kind):
    admin.add_fault(kind, path=CONFIRM, seconds=0.6)
    hasty = connect(sim.url, http_client=stripe.RequestsClient(timeout=0.2))
    with pytest.raises(stripe.APIConnectionError):
        confirm(hasty, intent)
    time.sleep(0.8)
    assert kinds(admin) == ["charge"]
    assert confirm(connect(sim.url), intent).status == "succeeded"
    assert kinds(admin) == ["charge"]


def test_late_answer_is_stored_before_it_is_sent(sim, admin, intent):
    admin.add_fault("delay_after", path=CONFIRM, seconds=0.6)
    hasty = connect(sim.url, http_client=stripe.RequestsClient(timeout=0.2))
    with pytest.raises(stripe.APIConnectionError):
        confirm(hasty, intent)
    assert confirm(connect(sim.url), intent).status == "succeeded"


def test_wrong_amount_is_in_the_answer_only(api, admin, intent):
    admin.add_fault("wrong_amount", path=CONFIRM, amount=77)
    paid = confirm(api, intent)
    assert (paid.amount, paid.amount_received) == (77, 77)
    assert admin.ledger()["entries"][0]["amount"] == 1000
    assert api.payment_intents.retrieve(intent.id).amount == 1000


def test_wrong_livemode_is_in_the_answer_only(api, admin, intent):
    admin.add_fault("wrong_livemode", path=CONFIRM)
    assert confirm(api, intent).livemode is True
    assert api.payment_intents.retrieve(intent.id).livemode is False


def test_fault_hits_the_nth_request_and_those_after_it(api, admin, customer, card):
    admin.add_fault("rate_limit_429", path=CONFIRM, nth=2, times=2)
    outcomes = []
    for _number in range(4):
        try:
            outcomes.append(charge(api, customer, card).status)
        except stripe.RateLimitError:
            outcomes.append("limited")
    assert outcomes == ["succeeded", "limited", "limited", "succeeded"]
    counters = admin.faults()[0]
    assert (counters["matched"], counters["hits"]) == (4, 2)


def test_fault_lasts_until_it_is_lifted(api, admin, customer, card):
    fault = admin.add_fault("rate_limit_429", path=CONFIRM, times=None)
    for _number in range(3):
        with pytest.raises(stripe.RateLimitError):
            charge(api, customer, card)
    admin.remove_fault(fault)
    assert charge(api, customer, card).status == "succeeded"


def test_fault_of_one_payment_method_spares_the_others(api, admin, customer, card):
    other = attach(api, customer, "pm_card_amex")
    admin.add_fault("rate_limit_429", path=CONFIRM, payment_method=other, times=None)
    assert charge(api, customer, card).status == "succeeded"
    with pytest.raises(stripe.RateLimitError):
        charge(api, customer, other)


def test_fault_of_one_customer_spares_the_others(api, admin, customer, card):
    other = api.customers.create({}).id
    admin.add_fault("rate_limit_429", customer=other, path="/v1/payment_intents")
    with pytest.raises(stripe.RateLimitError):
        create(api, other)
    assert charge(api, customer, card).status == "succeeded"


def test_fault_of_one_key_spares_the_others(api, admin, intent):
    admin.add_fault("rate_limit_429", idempotency_key="bad-*")
    with pytest.raises(stripe.RateLimitError):
        confirm(api, intent, {"idempotency_key": "bad-1"})
    assert confirm(api, intent).status == "succeeded"


def test_fault_of_one_method_spares_reads(api, admin, intent):
    admin.add_fault("rate_limit_429", method="POST", times=None)
    assert api.payment_intents.retrieve(intent.id).id == intent.id
    with pytest.raises(stripe.RateLimitError):
        confirm(api, intent)


def test_all_faults_are_lifted_at_once(api, admin, intent):
    admin.add_fault("refuse", times=None)
    admin.add_fault("garbage", times=None)
    admin.clear_faults()
    assert admin.faults() == []
    assert confirm(api, intent).status == "succeeded"


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("explode", {}, "Unknown fault kind"),
        ("refuse", {"route": "/"}, "Unknown fault key: route"),
        ("refuse", {"nth": "second"}, "'nth' must be a number"),
        ("delay_after", {"seconds": None}, "'seconds' must be a number"),
    ],
)
def test_fault_that_makes_no_sense_is_refused(admin, kind, fields, sentence):
    with pytest.raises(AdminError, match=sentence):
        admin.add_fault(kind, **fields)


def test_lifting_a_fault_that_is_not_there_is_refused(admin):
    with pytest.raises(AdminError, match="no fault fault_99"):
        admin.remove_fault("fault_99")
