"""Every answer has the attributes that the SDK's types declare, and no other."""

import stripe

from .support import charge, create

# Attributes that Stripe shows only if expanded, asked for, or in use by the account.
SELDOM = {
    stripe.PaymentIntent: {
        *("hooks", "managed_payments", "payment_details", "payment_record"),
        "presentment_details",
    },
    stripe.Charge: {
        *("authorization_code", "level3", "presentment_details", "radar_options"),
        *("refunds", "transfer"),
    },
    stripe.Customer: {
        *("business_name", "cash_balance", "customer_account", "deleted"),
        *("individual_name", "invoice_credit_balance", "sources", "subscriptions"),
        *("tax", "tax_ids"),
    },
}


def differences(shown, kind):
    declared = set(kind.__annotations__) - {"OBJECT_NAME"}
    names = set(shown.to_dict())
    return (declared - names - SELDOM[kind]) | (names - declared)


def test_payment_intent_has_the_declared_attributes(api, customer, card):
    assert differences(create(api, customer, card), stripe.PaymentIntent) == set()


def test_charge_has_the_declared_attributes(api, customer, card):
    made = api.charges.retrieve(charge(api, customer, card).latest_charge)
    assert differences(made, stripe.Charge) == set()


def test_customer_has_the_declared_attributes(api, customer):
    assert differences(api.customers.retrieve(customer), stripe.Customer) == set()


def test_payment_method_has_declared_attributes_only(api, card):
    method = api.payment_methods.retrieve(card)
    declared = set(stripe.PaymentMethod.__annotations__)
    assert set(method.to_dict()) <= declared
    assert set(method.card.to_dict()) <= set(stripe.PaymentMethod.Card.__annotations__)


def test_outcome_has_declared_attributes_only(api, customer, card):
    made = api.charges.retrieve(charge(api, customer, card).latest_charge)
    assert set(made.outcome.to_dict()) <= set(stripe.Charge.Outcome.__annotations__)
