"""Fills a database with what a billing user and a customer look at on a usual day."""

from datetime import timedelta

LOGIN = "presence"
CUSTOMER_LOGIN = "presence.customer"
CUSTOMERS = 20
LINES = 3
SECRET_KEY = "sk_test_benchmark"  # noqa: S105


def fill(env, records, on):
    """Create customers with saved cards, and their posted and draft invoices.

    :param int records: how many invoices of each kind, and of the customer who logs in
    :param bool on: whether Autopay is on, with the invoices on it
    """
    provider = _set_up_provider(env)
    partners = env["res.partner"].create(
        [_prepare_customer(number) for number in range(CUSTOMERS)]
    )
    partners += _create_users(env)
    tokens = env["payment.token"].create(
        [_prepare_token(env, provider, partner) for partner in partners]
    )
    if on:
        env.company.write({"autopay_enabled": True, "autopay_policy": "automatic"})
        for partner, token in zip(partners, tokens, strict=True):
            partner.autopay_token_id = token
    _create_invoices(env, partners[:-1], records).action_post()
    seen = _create_invoices(env, partners[-1], records)
    seen.action_post()
    # The customer has opened them before.
    for invoice in seen:
        invoice._portal_ensure_token()
    _create_invoices(env, partners[:-1], records)
    env.cr.commit()
    if on:
        # The scheduled job, as a quarter of an hour later.
        env["autopay.status"]._cron_refresh()
        env.cr.commit()
    env.cr.execute("ANALYZE")


def _create_users(env):
    """Create a billing user, and a customer with a login, whose contact is returned."""
    from odoo.tests import new_test_user

    new_test_user(
        env, LOGIN, "account.group_account_invoice,base.group_partner_manager"
    )
    customer = new_test_user(env, CUSTOMER_LOGIN, "base.group_portal")
    return customer.partner_id


def _set_up_provider(env):
    provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
    provider.write(
        {
            "state": "test",
            "is_published": True,
            "allow_tokenization": True,
            "stripe_publishable_key": "pk_test_benchmark",
            "stripe_secret_key": SECRET_KEY,
        }
    )
    env.ref("payment.payment_method_visa").active = True
    # The form of a provider shows its journal: reading it, Odoo makes a payment line.
    if not provider.journal_id:
        raise RuntimeError("There is no bank journal to book on.")
    return provider


def _prepare_customer(number):
    return {
        "name": f"Customer {number}",
        "email": f"customer{number}@example.com",
        "street": f"{number} Main Street",
        "is_company": True,
        "customer_rank": 1,
    }


def _prepare_token(env, provider, partner):
    return {
        "provider_id": provider.id,
        "payment_method_id": env.ref("payment.payment_method_visa").id,
        "partner_id": partner.id,
        "provider_ref": f"cus_{partner.id}",
        "stripe_payment_method": f"pm_{partner.id}",
        "payment_details": "4242",
    }


def _create_invoices(env, partners, count):
    """Create draft invoices of a month ago, customer by customer in turn."""
    from odoo import fields

    day = fields.Date.today() - timedelta(days=30)
    lines = [
        (0, 0, {"name": f"Service {number}", "price_unit": 100.0 + number})
        for number in range(LINES)
    ]
    return env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partners[number % len(partners)].id,
                "invoice_date": day,
                "invoice_date_due": day + timedelta(days=60),
                "invoice_line_ids": lines,
            }
            for number in range(count)
        ]
    )
