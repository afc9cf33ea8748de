"""Makes the customers of the cast, with their methods here and at the simulator."""

from datetime import timedelta

import stripe

from odoo.fields import Command

from tools.demo.company import STRIPE_KEY, get_provider

# Odoo's code of each method that the simulator can save.
METHOD_CODES = {
    "us_bank_account": "ach_direct_debit",
    "sepa_debit": "sepa_direct_debit",
}
CAP = 100.0  # US dollars, of the customer who authorized no more

# Amounts in US dollars.
CONFIGURATIONS = [
    {
        "conditions": [
            {"kind": "amount_total", "operator": ">=", "number": 100.0},
            {"kind": "age", "operator": ">=", "number": 15},
        ],
        "locked": True,
        "lock_reason": "Agreed in the framework contract.",
    },
    {
        "conditions": [{"kind": "amount_total", "operator": "<", "number": 100.0}],
        "max_month_amount": 2500.0,
    },
    {
        "conditions": [{"kind": "line_text", "text": "repair"}],
        "enabled": False,
    },
]


def make_customers(env, simulator, cast):
    """Create the customers of the cast, authorized unless the cast says otherwise.

    :return: {name: partner}
    """
    partners = env["res.partner"].create([_prepare_partner_vals(row) for row in cast])
    client = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": simulator.url})
    for row, partner in zip(cast, partners, strict=True):
        token = _save_method(client, row.method, partner)
        ENROLMENTS.get(row.event, _enrol)(partner, token)
    return {partner.name: partner for partner in partners}


def let_time_pass(env, simulator, cast, partners):
    """Let happen to the customers what the cast says, once they have their invoices."""
    for row in cast:
        if happen := EVENTS.get(row.event):
            happen(partners[row.name], simulator)


def _prepare_partner_vals(row):
    mailbox = "".join(filter(str.isalnum, row.name.lower()))
    return {
        "name": row.name,
        "is_company": True,
        "email": f"{mailbox}@example.com",
        "customer_rank": 1,
    }


# === METHODS === #


def _save_method(client, method, partner):
    """Return the customer's ``payment.token``, empty when there is no method."""
    if not method:
        return partner.env["payment.token"]
    provider, _space, state = method.partition(" ")
    if provider == "demo":
        return _save_at_demo(partner, state)
    return _save_at_stripe(client, method, partner)


def _save_at_demo(partner, state):
    return partner.env["payment.token"].create(
        {
            "provider_id": get_provider(partner.env, "demo").id,
            "payment_method_id": partner.env.ref("payment_demo.payment_method_demo").id,
            "partner_id": partner.id,
            "provider_ref": "demo",
            "payment_details": state,
            "demo_simulated_state": state,
        }
    )


def _save_at_stripe(client, method, partner):
    address = {"name": partner.name, "email": partner.email}
    customer = client.v1.customers.create(address)
    saved = client.v1.payment_methods.attach(method, {"customer": customer.id})
    printed = saved[saved.type]
    code = METHOD_CODES.get(saved.type) or printed.brand
    return partner.env["payment.token"].create(
        {
            "provider_id": get_provider(partner.env, "stripe").id,
            "payment_method_id": _get_method(partner.env, code).id,
            "partner_id": partner.id,
            "provider_ref": customer.id,
            "stripe_payment_method": saved.id,
            "payment_details": printed.last4,
        }
    )


def _get_method(env, code):
    methods = env["payment.method"].with_context(active_test=False)
    method = methods.search([("code", "=", code)], limit=1)
    method.active = True
    return method


# === HOW CUSTOMERS SIGN UP === #


def _enrol(partner, token):
    """Choose the method as staff does: that records the authorization."""
    partner.autopay_token_id = token


def _enrol_with_cap(partner, token):
    partner.autopay_token_id = token
    authorizations = partner.autopay_authorization_ids
    authorizations._revoke("Replaced by one with a cap")
    partner._record_autopay_authorization("paper", max_amount=CAP)


def _enrol_with_configurations(partner, token):
    """Let three rules decide, of which one is locked and one is disabled."""
    partner.autopay_token_id = token
    for rule in CONFIGURATIONS:
        conditions = [Command.create(row) for row in rule["conditions"]]
        values = {name: rule[name] for name in rule if name != "conditions"}
        links = {"partner_id": partner.id, "token_id": token.id}
        partner.env["autopay.configuration"].create(
            {**links, **values, "condition_ids": conditions}
        )


def _do_not_authorize(_partner, _token):
    """Leave the method saved, as after a purchase, with no word about autopay."""


ENROLMENTS = {
    "capped": _enrol_with_cap,
    "configured": _enrol_with_configurations,
    "unauthorized": _do_not_authorize,
}


# === WHAT HAPPENS TO THEM LATER === #


def _archive(partner, _simulator):
    partner.autopay_token_id.active = False


def _expire(partner, _simulator):
    yesterday = partner.env.company._get_autopay_today() - timedelta(days=1)
    partner.autopay_token_id.autopay_expiry_date = yesterday


def _revoke(partner, _simulator):
    partner.autopay_authorization_ids._revoke("The customer's letter")


def _turn_off(partner, _simulator):
    partner.autopay_policy = "off"


def _mark_eligible(partner, _simulator):
    """Mark the invoices as staff does that does not know what is missing."""
    partner.invoice_ids.action_autopay_make_eligible()


def _mark_with_method(partner, simulator):
    """Choose a method for each invoice that the customer never authorized."""
    tokens = partner.env["payment.token"].search([("partner_id", "=", partner.id)])
    partner.invoice_ids.autopay_token_id = tokens
    _mark_eligible(partner, simulator)


def _lose_answers(partner, simulator):
    _break_connection(partner, simulator, "reset_after")


def _lose_requests(partner, simulator):
    _break_connection(partner, simulator, "reset_before")


def _break_connection(partner, simulator, kind):
    """Break the connection at both charges of what the customer owes."""
    simulator.admin.add_fault(
        kind,
        path="/v1/payment_intents/*/confirm",
        customer=partner.autopay_token_id.provider_ref,
        times=2,
    )


EVENTS = {
    "answer lost": _lose_answers,
    "cut off": _lose_requests,
    "marked": _mark_eligible,
    "archived": _archive,
    "expired": _expire,
    "unauthorized": _mark_with_method,
    "revoked": _revoke,
    "turned off": _turn_off,
}
