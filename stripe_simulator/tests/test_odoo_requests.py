"""The requests of Odoo's own Stripe module, in the version that it names."""

import http.client
import json
from urllib.parse import urlencode, urlsplit

import pytest

from .support import create

MANDATE = "payment_method_options[card][mandate_options]"
E_MANDATE = {
    f"{MANDATE}[reference]": "V1",
    f"{MANDATE}[amount_type]": "maximum",
    f"{MANDATE}[amount]": 1500000,
    f"{MANDATE}[start_date]": 1700000000,
    f"{MANDATE}[interval]": "sporadic",
    f"{MANDATE}[supported_types][]": "india",
}
NO_ADDRESS = {
    f"shipping[address][{name}]": ""
    for name in ("city", "country", "line1", "line2", "postal_code", "state")
}


@pytest.fixture
def post(sim):
    def send(path, body):
        connection = http.client.HTTPConnection(urlsplit(sim.url).netloc, timeout=10)
        headers = {
            "Authorization": "Bearer sk_test_x",
            "Content-Type": "application/x-www-form-urlencoded",
            "Stripe-Version": "2019-05-16",
        }
        connection.request("POST", f"/v1/{path}", urlencode(body), headers)
        answer = connection.getresponse()
        read = json.loads(answer.read())
        connection.close()
        return answer.status, read

    return send


def test_setup_intent_with_options_of_a_mandate(post, customer):
    body = {"customer": customer, "description": "V1", "payment_method_types[]": "card"}
    body |= {**E_MANDATE, f"{MANDATE}[currency]": "inr"}
    status, made = post("setup_intents", body)
    assert status == 200
    options = made["payment_method_options"]["card"]["mandate_options"]
    assert (options["amount"], options["supported_types"]) == (1500000, ["india"])


def test_options_are_checked(post, customer):
    body = {"customer": customer, "payment_method_options[card][colour]": "red"}
    status, answer = post("setup_intents", body)
    assert (status, answer["error"]["code"]) == (400, "parameter_unknown")


def test_payment_intent_with_options_and_an_empty_address(post, customer):
    body = {
        "amount": 1000,
        "currency": "inr",
        "customer": customer,
        "description": "T1",
        "capture_method": "automatic",
        "payment_method_types[]": "card",
        "expand[]": "payment_method",
        "setup_future_usage": "off_session",
        "shipping[name]": "Customer A",
        **NO_ADDRESS,
        **E_MANDATE,
    }
    status, made = post("payment_intents", body)
    assert status == 200
    assert made["shipping"]["name"] == "Customer A"
    assert set(made["shipping"]["address"].values()) == {None}
    options = made["payment_method_options"]["card"]["mandate_options"]
    assert options["reference"] == "V1"


def test_name_of_an_address_is_not_empty(post, customer):
    body = {"amount": 1000, "currency": "usd", "shipping[name]": "", **NO_ADDRESS}
    status, answer = post("payment_intents", body)
    assert (status, answer["error"]["param"]) == (400, "shipping[name]")


def test_options_of_a_type_can_be_taken_away(api, customer):
    options = {"card": {"request_three_d_secure": "any"}}
    made = create(api, customer, payment_method_options=options)
    assert made.payment_method_options.to_dict() == options
    none = {"payment_method_options": {"card": ""}}
    changed = api.payment_intents.update(made.id, none)
    assert changed.payment_method_options.to_dict() == {}
