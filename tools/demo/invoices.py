"""Makes the invoices of the cast, and lets happen to them what it says."""

from datetime import timedelta
from decimal import Decimal

from odoo.fields import Command

from tools.demo.company import get_currency, get_provider

# Days from the invoice to its due date.
TERMS = 30
DRAFT = "draft"


def make_invoices(env, cast, partners):
    """Create the invoices of the cast, posted unless it says *draft*.

    :param dict partners: {name: partner}
    :return: the invoices, in the order of the cast
    """
    bills = [(partners[row.name], bill) for row in cast for bill in row.invoices]
    # Nobody reads in the chatter how the demonstration was made.
    quiet = env["account.move"].with_context(tracking_disable=True)
    invoices = quiet.create([_prepare_invoice_vals(*pair) for pair in bills])
    events = {
        invoice: bill.event
        for invoice, (_partner, bill) in zip(invoices, bills, strict=True)
    }
    invoices.filtered(lambda invoice: events[invoice] != DRAFT).action_post()
    for invoice, event in events.items():
        if happen := EVENTS.get(event):
            happen(invoice.with_env(env))
    return invoices.with_env(env)


def _prepare_invoice_vals(partner, bill):
    today = partner.env.company._get_autopay_today()
    due = today + timedelta(days=bill.due)
    return {
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "currency_id": get_currency(partner.env, bill.currency).id,
        "invoice_date": min(today, due - timedelta(days=TERMS)),
        "invoice_date_due": due,
        "invoice_line_ids": [Command.create(_prepare_line_vals(bill))],
    }


def _prepare_line_vals(bill):
    amount = Decimal(bill.amount)
    # Prices have two decimals, some currencies three: ten times the price, a tenth of
    # the quantity.
    tenths = 10 if amount != round(amount, 2) else 1
    return {
        "name": "Services",
        "price_unit": float(amount * tenths),
        "quantity": 1 / tenths,
        "tax_ids": [],
    }


# === EVENTS === #


def _pay(invoice):
    """Register a payment that came by another way."""
    _register(invoice, invoice.amount_residual)


def _pay_half(invoice):
    _register(invoice, invoice.amount_residual / 2)


def _register(invoice, amount):
    context = {"active_model": "account.move", "active_ids": invoice.ids}
    wizard = invoice.env["account.payment.register"].with_context(**context)
    wizard.create({"amount": amount}).action_create_payments()


def _credit(invoice):
    reason = {
        "ref": "Goods returned",
        "invoice_date": invoice.company_id._get_autopay_today(),
    }
    invoice._reverse_moves([reason], cancel=True)


def _hold(invoice):
    invoice.write(
        {
            "autopay_hold_date": invoice.company_id._get_autopay_today()
            + timedelta(days=10),
            "autopay_hold_reason": "The delivery is being checked.",
        }
    )


def _dispute(invoice):
    invoice.autopay_in_dispute = True


def _remove(invoice):
    invoice.action_autopay_remove()


def _pay_online(invoice):
    """Leave a payment through the portal under way, on an invoice that is due."""
    invoice.autopay_date = invoice.company_id._get_autopay_today()
    invoice.env["payment.transaction"].create(
        {
            "provider_id": get_provider(invoice.env, "demo").id,
            "payment_method_id": invoice.env.ref("payment_demo.payment_method_demo").id,
            "reference": f"{invoice.name}-portal",
            "amount": invoice.amount_residual,
            "currency_id": invoice.currency_id.id,
            "partner_id": invoice.partner_id.id,
            "operation": "online_direct",
            "state": "pending",
            "invoice_ids": [Command.set(invoice.ids)],
        }
    )


EVENTS = {
    "paid": _pay,
    "half-paid": _pay_half,
    "credited": _credit,
    "held": _hold,
    "disputed": _dispute,
    "removed": _remove,
    "paying": _pay_online,
}
