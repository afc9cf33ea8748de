"""The states of an approval, and what else a decision knows besides its reasons."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# The life of a second person's word on a charge above the company's limit.
APPROVAL_STATES = [
    ("waiting", "Waiting for approval"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("lapsed", "Lapsed"),
    ("used", "Charged"),
]

# Minutes that a payment somebody has begun online, and perhaps not finished, keeps the
# engine away from its invoice.
CHECKOUT_MINUTES = 30

# Why a run skipped invoices although nothing keeps them from being charged.
RUN_SKIP_REASONS = {
    "provider_stopped": _lt("Provider stopped in this run"),
    "not_an_invoice": _lt("Not a customer invoice"),
}
