"""The books that every test starts from; made once, inside a process of Odoo."""

import os
from datetime import timedelta

import stripe

from odoo import Command

from tests.crash.world import SECRET_KEY

DECLINING = "pm_card_visa_chargeDeclinedInsufficientFunds"
# customer: the provider's test method, amounts of the invoices (major units)
CUSTOMERS = {
    "card": ("pm_card_visa", [100.0, 250.5]),
    "other": ("pm_card_mastercard", [75.25]),
    "declining": (DECLINING, [60.0]),
    "debit": ("pm_usBankAccount_success", [410.1]),
    "guarded": ("pm_card_authenticationRequired", [99.0]),
    **{
        f"crowd{number}": (
            "pm_card_visa",
            [10.0 + number + cents / 100 for cents in range(5)],
        )
        for number in range(10)
    },
}


def make(env):
    """Create customers with saved methods and posted invoices, not yet eligible."""
    provider = set_up(env)
    for name, (method, amounts) in CUSTOMERS.items():
        create_customer(env, provider, name, method, amounts)
    _create_customer_of_demo(env)


def make_customers(env, numbers, invoices):
    """Create customers load0, load1 ... each with so many invoices.

    The card of every fiftieth is declined.
    """
    provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
    for number in numbers:
        method = DECLINING if number % 50 == 0 else "pm_card_visa"
        amounts = [10.0 + number + cents / 100 for cents in range(invoices)]
        create_customer(env, provider, f"load{number}", method, amounts)


def connect():
    """Return the SDK's client of the simulator."""
    address = {"api": os.environ["AUTOPAY_STRIPE_API_BASE"]}
    return stripe.StripeClient(SECRET_KEY, base_addresses=address)


def create_customer(env, provider, name, method, amounts):
    customer = env["res.partner"].create({"name": name, "customer_rank": 1})
    customer.autopay_token_id = create_token(connect(), provider, customer, method)
    _create_invoices(env, customer, amounts)


def set_up(env):
    env.company.write({"autopay_enabled": True, "autopay_policy": "manual"})
    provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
    provider.write(
        {
            "state": "test",
            "allow_tokenization": True,
            "stripe_publishable_key": "pk_test_autopay",
            "stripe_secret_key": SECRET_KEY,
        }
    )
    # A method may only be switched on when a provider is.
    (
        env.ref("payment.payment_method_visa")
        | env.ref("payment.payment_method_ach_direct_debit")
    ).active = True
    return provider


def create_token(client, provider, customer, method):
    """Save one of the provider's test methods, and return it."""
    reference = client.v1.customers.create({"name": customer.name}).id
    saved = client.v1.payment_methods.attach(method, {"customer": reference})
    kind = "ach_direct_debit" if "BankAccount" in method else "visa"
    return customer.env["payment.token"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": customer.env.ref(f"payment.payment_method_{kind}").id,
            "partner_id": customer.id,
            "provider_ref": reference,
            "stripe_payment_method": saved.id,
            "payment_details": "4242",
        }
    )


def _create_customer_of_demo(env):
    """Create a customer of a provider that is charged through Odoo's own code."""
    provider = env["payment.provider"].search([("code", "=", "demo")], limit=1)
    provider.write({"state": "test", "allow_tokenization": True})
    customer = env["res.partner"].create({"name": "demo", "customer_rank": 1})
    customer.autopay_token_id = env["payment.token"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids[:1].id,
            "partner_id": customer.id,
            "provider_ref": "demo",
            "payment_details": "4242",
            "demo_simulated_state": "done",
        }
    )
    _create_invoices(env, customer, [33.0, 44.0])


def _create_invoices(env, customer, amounts):
    """Create invoices that go by the customer's name and a number: card-1, card-2."""
    day = env.company._get_autopay_today() - timedelta(days=10)
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "ref": f"{customer.name}-{number}",
                "invoice_date": day,
                "invoice_date_due": day,
                "autopay_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Service", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
            for number, amount in enumerate(amounts, start=1)
        ]
    )
    invoices.action_post()
