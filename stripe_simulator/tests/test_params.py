import http.client
import json

import pytest
import stripe

from .support import connect


def refused(api, **params):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.payment_intents.create({"amount": 1000, "currency": "usd", **params})
    return error.value.code, error.value.param


def test_unknown_parameter_is_refused(api):
    assert refused(api, descriptionn="x") == ("parameter_unknown", "descriptionn")


def test_unknown_nested_parameter_is_refused(api):
    name = "automatic_payment_methods[enable]"
    given = {"enable": True, "enabled": True}
    assert refused(api, automatic_payment_methods=given) == ("parameter_unknown", name)


def test_payment_method_types_is_gone_from_this_version(api):
    code, param = refused(api, payment_method_types=["card"])
    assert (code, param) == ("parameter_unknown", "payment_method_types")


def test_older_version_still_takes_payment_method_types_and_shows_charges(
    sim, customer, card
):
    old = connect(sim.url, stripe_version="2019-05-16")
    paid = old.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "customer": customer,
            "payment_method": card,
            "payment_method_types": ["card"],
            "confirm": True,
            "off_session": True,
        }
    )
    assert paid.status == "succeeded"
    assert paid["charges"].data[0].id == paid.latest_charge


def test_version_that_is_none_is_refused(sim):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
        connect(sim.url, stripe_version="latest").customers.list()


def test_missing_parameter_is_refused(api):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.payment_intents.create({"currency": "usd"})
    assert (error.value.code, error.value.param) == ("parameter_missing", "amount")


def test_text_for_a_number_is_refused(api):
    assert refused(api, amount="ten") == ("parameter_invalid_integer", "amount")


def test_text_for_yes_or_no_is_refused(api):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid boolean: perhaps"):
        api.payment_intents.create(
            {"amount": 1000, "currency": "usd", "confirm": "perhaps"}
        )


def test_empty_value_is_refused_where_nothing_can_be_unset(api):
    assert refused(api, customer="") == ("parameter_invalid_empty", "customer")


def test_value_outside_of_an_enumeration_is_refused(api):
    with pytest.raises(stripe.InvalidRequestError, match="must be one of"):
        api.payment_intents.create(
            {"amount": 1000, "currency": "usd", "setup_future_usage": "maybe"}
        )


def test_object_where_a_text_belongs_is_refused(api):
    assert refused(api, description={"a": "b"}) == (None, "description")


def test_parameter_that_is_not_simulated_is_refused_with_a_sentence(api):
    with pytest.raises(stripe.InvalidRequestError, match="does not simulate"):
        api.payment_intents.create(
            {"amount": 1000, "currency": "usd", "transfer_group": "g"}
        )


def test_receipt_to_a_broken_address_is_refused(api):
    assert refused(api, receipt_email="nobody") == ("email_invalid", "receipt_email")


def test_statement_descriptor_longer_than_22_is_refused(api):
    assert refused(api, statement_descriptor_suffix="x" * 23) == (
        None,
        "statement_descriptor_suffix",
    )


def test_unknown_address_is_a_404_in_stripes_shape(api, sim):
    connection = http.client.HTTPConnection(sim.url.removeprefix("http://"))
    headers = {"Authorization": "Bearer sk_test_x"}
    connection.request("GET", "/v1/nothing", headers=headers)
    answer = connection.getresponse()
    body = json.load(answer)
    connection.close()
    assert answer.status == 404
    assert "Unrecognized request URL" in body["error"]["message"]


def test_both_spellings_of_an_array_are_understood(sim, customer):
    connection = http.client.HTTPConnection(sim.url.removeprefix("http://"))
    headers = {
        "Authorization": "Bearer sk_test_x",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    base = f"amount=1000&currency=usd&customer={customer}&"
    for spelling in ("expand[]=customer", "expand[0]=customer"):
        connection.request("POST", "/v1/payment_intents", base + spelling, headers)
        body = json.load(connection.getresponse())
        assert body["customer"]["id"] == customer
    connection.close()


def test_body_that_is_no_text_is_a_400(sim):
    connection = http.client.HTTPConnection(sim.url.removeprefix("http://"))
    headers = {"Authorization": "Bearer sk_test_x"}
    connection.request("POST", "/v1/customers", b"name=\xff\xfe", headers)
    answer = connection.getresponse()
    body = json.load(answer)
    connection.close()
    assert (answer.status, body["error"]["type"]) == (400, "invalid_request_error")
