"""Fills a database with posted invoices of customers whose cards are saved.

A process of its own, because the memory of the processes that charge is measured.
"""

import subprocess
import sys

import stripe

from benchmarks.invoice_copies import multiply_invoices
from benchmarks.odoo_session import odoo_environment
from stripe_simulator.admin_client import AdminClient
from tools.environment import ROOT

SECRET_KEY = "sk_test_benchmark"  # noqa: S105
AMOUNT = 100.0  # major units, each customer adds its number in cents


def make_books(database, url, invoices, customers):
    """Fill a database in a process of its own, and wait for it.

    :param url: the simulator at which the cards are saved
    :raises subprocess.CalledProcessError: when it fails; its messages are on the screen
    """
    numbers = [str(invoices), str(customers)]
    command = [sys.executable, "-m", __name__, database, url, *numbers]
    subprocess.run(command, cwd=ROOT, check=True)


def fill(env, url, invoices, customers):
    """Create so many posted invoices, customer by customer in turn."""
    _set_up_provider(env)
    partners = _create_customers(env, url, min(invoices, customers))
    originals = _create_invoices(env, partners)
    env.flush_all()
    multiply_invoices(env.cr, originals.ids, invoices - len(originals))


def _set_up_provider(env):
    provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
    provider.write(
        {
            "state": "test",
            "allow_tokenization": True,
            "stripe_publishable_key": "pk_test_benchmark",
            "stripe_secret_key": SECRET_KEY,
        }
    )
    env.ref("payment.payment_method_visa").active = True
    if "autopay_enabled" in env.company._fields:
        env.company.write({"autopay_enabled": True, "autopay_policy": "manual"})


def _create_customers(env, url, count):
    client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": url})
    admin = AdminClient(url)
    state = env.ref("base.state_us_5")
    partners = env["res.partner"].create(
        [_prepare_customer_vals(state, number) for number in range(count)]
    )
    tokens = env["payment.token"].create(
        [_prepare_token_vals(env, client, admin, partner) for partner in partners]
    )
    if "autopay_token_id" in partners._fields:
        for partner, token in zip(partners, tokens, strict=True):
            partner.autopay_token_id = token
    return partners


def _prepare_customer_vals(state, number):
    """Return a customer with a full address: Stripe refuses what Odoo leaves empty."""
    return {
        "name": f"Customer {number}",
        "email": f"customer{number}@example.com",
        "street": f"{number} Main Street",
        "street2": f"Suite {number}",
        "city": "Springfield",
        "zip": "12345",
        "state_id": state.id,
        "country_id": state.country_id.id,
        "customer_rank": 1,
    }


def _prepare_token_vals(env, client, admin, partner):
    customer = client.v1.customers.create({"name": partner.name}).id
    card = admin.create_payment_method("card", customer=customer)
    provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
    return {
        "provider_id": provider.id,
        "payment_method_id": env.ref("payment.payment_method_visa").id,
        "partner_id": partner.id,
        "provider_ref": customer,
        "stripe_payment_method": card["id"],
        "payment_details": "4242",
    }


def _create_invoices(env, partners):
    """Create one posted invoice for each customer."""
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2024-01-15",
                "invoice_date_due": "2024-01-31",
                "invoice_line_ids": [(0, 0, _prepare_line_vals(number))],
            }
            for number, partner in enumerate(partners)
        ]
    )
    invoices.action_post()
    return invoices


def _prepare_line_vals(number):
    return {"name": "Service", "price_unit": AMOUNT + number / 100, "tax_ids": []}


def main(database, url, invoices, customers):
    with odoo_environment(database) as env:
        fill(env, url, int(invoices), int(customers))


if __name__ == "__main__":
    main(*sys.argv[1:])
