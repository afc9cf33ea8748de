import pytest
import stripe


def test_created_customer_is_given_back(api):
    created = api.customers.create(
        {"name": "A", "address": {"city": "Ghent"}, "metadata": {"partner": "7"}}
    )
    read = api.customers.retrieve(created.id)
    assert (read.name, read.address.city, read.metadata["partner"]) == (
        "A",
        "Ghent",
        "7",
    )


def test_update_changes_only_what_is_named(api):
    created = api.customers.create({"name": "A", "metadata": {"a": "1", "b": "2"}})
    updated = api.customers.update(
        created.id, {"email": "b@example.com", "metadata": {"a": ""}}
    )
    assert updated.name == "A"
    assert updated.metadata.to_dict() == {"b": "2"}


def test_deleted_customer_is_marked_and_cannot_be_charged(api, customer, card):
    api.customers.delete(customer)
    assert api.customers.retrieve(customer).deleted
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.create(
            {"amount": 1000, "currency": "usd", "customer": customer}
        )
    assert refused.value.code == "resource_missing"


def test_list_finds_customers_by_email_newest_first(api):
    first = api.customers.create({"email": "x@example.com"}).id
    api.customers.create({"email": "y@example.com"})
    last = api.customers.create({"email": "x@example.com"}).id
    found = api.customers.list({"email": "x@example.com"})
    assert [item.id for item in found] == [last, first]


def test_unknown_customer_is_a_404_that_names_the_parameter(api):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        api.customers.retrieve("cus_none")
    error = missing.value
    assert (error.http_status, error.code, error.param) == (
        404,
        "resource_missing",
        "id",
    )


def test_metadata_beyond_stripes_limits_is_refused(api):
    with pytest.raises(stripe.InvalidRequestError, match="500 characters"):
        api.customers.create({"metadata": {"a": "x" * 501}})
