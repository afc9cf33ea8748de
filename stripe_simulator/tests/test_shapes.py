"""Every answer has the attributes that the SDK's types declare, and no other."""

import pytest
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
    stripe.Refund: {
        *("failure_balance_transaction", "failure_reason", "instructions_email"),
        *("next_action", "presentment_details"),
    },
    stripe.Dispute: {"intended_submission_method", "network_reason_code"},
    stripe.radar.EarlyFraudWarning: set(),
    stripe.SetupIntent: {"managed_payments"},
    stripe.Mandate: {"single_use"},
    stripe.WebhookEndpoint: {"deleted", "secret"},
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


def test_refund_has_the_declared_attributes(api, customer, card):
    paid = charge(api, customer, card)
    made = api.refunds.create({"payment_intent": paid.id})
    assert differences(made, stripe.Refund) == set()


def test_dispute_has_the_declared_attributes(api, admin, customer, card):
    paid = charge(api, customer, card)
    opened = api.disputes.retrieve(admin.open_dispute(paid.id)["id"])
    assert differences(opened, stripe.Dispute) == set()
    evidence = set(stripe.Dispute.Evidence.__annotations__) - {"appeal"}
    assert set(opened.evidence.to_dict()) == evidence


def test_balance_transaction_of_a_dispute_has_the_declared_attributes(
    api, admin, customer, card
):
    opened = admin.open_dispute(charge(api, customer, card).id)
    declared = set(stripe.BalanceTransaction.__annotations__) - {"OBJECT_NAME"}
    assert set(opened["balance_transactions"][0]) == declared


def test_fraud_warning_has_the_declared_attributes(api, admin, customer, card):
    made = admin.warn_of_fraud(charge(api, customer, card).id)["id"]
    read = api.radar.early_fraud_warnings.retrieve(made)
    assert differences(read, stripe.radar.EarlyFraudWarning) == set()


def test_setup_intent_has_the_declared_attributes(api, customer):
    made = api.setup_intents.create({"customer": customer})
    assert differences(made, stripe.SetupIntent) == set()


@pytest.mark.parametrize("test_id", ["pm_usBankAccount_success", "pm_success_de"])
def test_mandate_has_the_declared_attributes(api, admin, customer, test_id):
    method = api.payment_methods.attach(test_id, {"customer": customer})
    mandate = api.mandates.retrieve(admin.create_mandate(method.id)["id"])
    details = mandate.payment_method_details.to_dict()[method.type]
    kinds = {
        "us_bank_account": stripe.Mandate.PaymentMethodDetails.UsBankAccount,
        "sepa_debit": stripe.Mandate.PaymentMethodDetails.SepaDebit,
    }
    assert differences(mandate, stripe.Mandate) == set()
    assert set(details) <= set(kinds[method.type].__annotations__)


def test_webhook_endpoint_has_the_declared_attributes(api):
    params = {"url": "http://127.0.0.1:1/", "enabled_events": ["*"]}
    made = api.webhook_endpoints.create(params)
    read = api.webhook_endpoints.retrieve(made.id)
    assert differences(read, stripe.WebhookEndpoint) == set()
