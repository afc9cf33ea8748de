import http.client
import json

import pytest
import stripe

from .support import connect, create


@pytest.mark.parametrize(
    "key", ["sk_test_invalid", "pk_test_x", "whsec_x", "sk_x", "nonsense"]
)
def test_wrong_key_is_a_401(sim, key):
    with pytest.raises(stripe.AuthenticationError) as refused:
        connect(sim.url, key).customers.list()
    assert refused.value.http_status == 401


def test_missing_key_is_a_401_in_stripes_shape(sim):
    connection = http.client.HTTPConnection(sim.url.removeprefix("http://"))
    connection.request("GET", "/v1/customers")
    answer = connection.getresponse()
    body = json.load(answer)
    connection.close()
    assert answer.status == 401
    assert body["error"]["type"] == "invalid_request_error"


def test_message_about_a_wrong_key_does_not_give_it_away(sim):
    with pytest.raises(stripe.AuthenticationError) as refused:
        connect(sim.url, "sk_test_invalid_and_secret").customers.list()
    assert "and_se" not in str(refused.value)


def test_key_without_permission_is_a_403(sim):
    with pytest.raises(stripe.PermissionError) as refused:
        connect(sim.url, "rk_test_forbidden").customers.list()
    assert refused.value.http_status == 403


def test_restricted_key_can_be_for_reading_only(sim, api, customer):
    reader = connect(sim.url, "rk_test_readonly_x")
    assert reader.customers.retrieve(customer).id == customer
    with pytest.raises(stripe.PermissionError, match="rak_customers_write"):
        reader.customers.update(customer, {"name": "B"})
    assert api.customers.retrieve(customer).name == "Customer A"


def test_restricted_key_can_lack_the_permission_for_a_resource(sim, customer):
    limited = connect(sim.url, "rk_test_without_webhook_endpoints_x")
    assert limited.customers.retrieve(customer).id == customer
    with pytest.raises(stripe.PermissionError, match="rak_webhook_endpoints_read"):
        limited.webhook_endpoints.list()


@pytest.mark.parametrize("key", ["rk_test_x", "rk_live_x", "sk_live_x"])
def test_restricted_and_live_keys_are_taken(sim, key):
    made = connect(sim.url, key).customers.create({})
    assert made.livemode is ("live" in key)


def test_live_and_test_objects_are_kept_apart(sim, api, customer):
    live = connect(sim.url, "sk_live_x")
    with pytest.raises(stripe.InvalidRequestError, match="exists in test mode"):
        live.customers.retrieve(customer)
    assert list(live.customers.list()) == []


def test_test_methods_do_not_exist_in_live_mode(sim):
    live = connect(sim.url, "sk_live_x")
    customer = live.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        live.payment_methods.attach("pm_card_visa", {"customer": customer})
    assert refused.value.code == "resource_missing"


def test_live_customer_is_charged_with_a_method_made_by_an_admin(sim, admin):
    live = connect(sim.url, "sk_live_x")
    customer = live.customers.create({}).id
    card = admin.create_payment_method("card", customer)
    paid = create(live, customer, card["id"], confirm=True, off_session=True)
    assert (card["livemode"], paid.livemode) == (True, True)
    assert admin.ledger()["entries"][0]["livemode"] is True


def test_objects_of_another_account_are_not_found(sim, api, customer):
    other = connect(sim.url, "sk_test_acct_B_x")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        other.customers.retrieve(customer)
    assert refused.value.http_status == 404


def test_account_that_the_key_does_not_open_is_a_403(sim):
    with pytest.raises(stripe.PermissionError) as refused:
        connect(sim.url, stripe_account="acct_other").customers.list()
    assert refused.value.error.code == "account_invalid"
