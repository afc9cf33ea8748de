import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import attach, charge, create


def last_event(api):
    return api.events.list({"limit": 1}).data[0]


def test_card_that_the_bank_replaced_is_updated_in_place(api, admin, card):
    old = api.payment_methods.retrieve(card).card
    admin.reissue_card(card, last4="1881", exp_month=3, exp_year=2041)
    new = api.payment_methods.retrieve(card).card
    event = last_event(api)
    assert (new.last4, new.exp_month, new.exp_year) == ("1881", 3, 2041)
    assert new.fingerprint != old.fingerprint
    assert event.type == "payment_method.automatically_updated"
    assert event.data.object.id == card
    assert event.data.previous_attributes.card.to_dict() == {
        "exp_month": old.exp_month,
        "exp_year": old.exp_year,
        "fingerprint": old.fingerprint,
        "last4": old.last4,
    }


def test_new_expiry_leaves_the_number(api, admin, card):
    old = api.payment_methods.retrieve(card).card
    admin.reissue_card(card, exp_year=2041)
    assert api.payment_methods.retrieve(card).card.fingerprint == old.fingerprint


def test_charge_made_before_shows_the_old_card(api, admin, customer, card):
    paid = charge(api, customer, card)
    admin.reissue_card(card, last4="1881")
    details = api.charges.retrieve(paid.latest_charge).payment_method_details
    assert details.card.last4 == "4242"


def test_bank_account_is_not_replaced(api, admin, customer):
    bank = attach(api, customer, "pm_usBankAccount_success")
    with pytest.raises(AdminError, match="Only a card"):
        admin.reissue_card(bank, last4="0000")


def test_method_detached_by_hand_cannot_be_charged(api, admin, customer, card):
    admin.detach_payment_method(card)
    assert api.payment_methods.retrieve(card).customer is None
    assert last_event(api).type == "payment_method.detached"
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        create(api, customer, card)
    with pytest.raises(AdminError, match="belongs to nobody"):
        admin.detach_payment_method(card)


def test_customer_deleted_by_hand_takes_his_methods_along(api, admin, customer, card):
    admin.delete_customer(customer)
    assert api.customers.retrieve(customer).deleted is True
    assert api.payment_methods.retrieve(card).customer is None
    types = [event.type for event in api.events.list({"limit": 2})]
    assert types == ["payment_method.detached", "customer.deleted"]
    with pytest.raises(AdminError, match="deleted already"):
        admin.delete_customer(customer)
