"""The words about the events of a provider."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Events in words, for people.
EVENT_WORDS = {
    "account.updated": _lt("Account changed"),
    "charge.dispute.closed": _lt("Dispute decided"),
    "charge.dispute.created": _lt("Dispute opened"),
    "charge.dispute.funds_reinstated": _lt("Disputed amount given back"),
    "charge.dispute.funds_withdrawn": _lt("Disputed amount withdrawn"),
    "charge.dispute.updated": _lt("Dispute changed"),
    "charge.failed": _lt("Charge failed"),
    "charge.refunded": _lt("Charge refunded"),
    "charge.updated": _lt("Charge changed"),
    "checkout.session.completed": _lt("Page for saving a method left: done"),
    "checkout.session.expired": _lt("Page for saving a method over"),
    "customer.deleted": _lt("Customer deleted"),
    "mandate.updated": _lt("Mandate changed"),
    "payment_intent.canceled": _lt("Payment withdrawn"),
    "payment_intent.payment_failed": _lt("Payment failed"),
    "payment_intent.processing": _lt("Payment under way"),
    "payment_intent.requires_action": _lt("Payment waits for the customer"),
    "payment_intent.succeeded": _lt("Payment succeeded"),
    "payment_method.automatically_updated": _lt("Payment method renewed by the bank"),
    "payment_method.detached": _lt("Payment method removed"),
    "payment_method.updated": _lt("Payment method changed"),
    "radar.early_fraud_warning.created": _lt("Fraud warning"),
    "refund.created": _lt("Refund made"),
    "refund.failed": _lt("Refund failed"),
    "refund.updated": _lt("Refund changed"),
    "review.closed": _lt("Review closed"),
    "review.opened": _lt("Review opened"),
    "setup_intent.requires_action": _lt("Payment method waits to be verified"),
    "setup_intent.setup_failed": _lt("Payment method not saved"),
    "setup_intent.succeeded": _lt("Payment method saved"),
}
