"""Tables about the events a provider sends: what they are called, what follows."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

EVENT_STATES = [
    ("received", "Received"),
    ("processed", "Processed"),
    ("ignored", "Ignored"),
    ("failed", "Failed"),
]

# Money that may have gone back, or may be asked back, after a charge had succeeded.
LATE_EVENT_TYPES = (
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.refunded",
    "radar.early_fraud_warning.created",
    "refund.created",
    "refund.failed",
    "refund.updated",
)

# A charge that failed: late when the money had been booked already.
FAILURE_EVENT_TYPES = ("charge.failed", "payment_intent.payment_failed")

# Money that was taken, or is under way.
MONEY_EVENT_TYPES = ("payment_intent.processing", "payment_intent.succeeded")

# A visit on which a customer saves a payment method.
SETUP_EVENT_TYPES = (
    "checkout.session.completed",
    "checkout.session.expired",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
)

# Steps after an event besides waking its attempt, by type; the steps are methods
# ``_handle_<step>`` of autopay.event.handler. All of them together are the events that
# Autopay asks Stripe for.
EVENT_STEPS = {
    **dict.fromkeys(LATE_EVENT_TYPES, "reversal"),
    **dict.fromkeys(FAILURE_EVENT_TYPES, "late_failure"),
    **dict.fromkeys(MONEY_EVENT_TYPES, "money"),
    **dict.fromkeys(SETUP_EVENT_TYPES, "setup"),
    "account.updated": "nothing",
    "charge.updated": "wake",
    "customer.deleted": "customer",
    "mandate.updated": "mandate",
    "payment_intent.canceled": "wake",
    "payment_intent.requires_action": "wake",
    "payment_method.automatically_updated": "method",
    "payment_method.detached": "method",
    "payment_method.updated": "method",
    "review.closed": "wake",
    "review.opened": "wake",
}

# Minutes before an event is looked at again that could not be processed, or that came
# before the attempt it is about; after the last it has failed and people are told.
EVENT_RETRY_MINUTES = (1, 5, 15, 60, 240)

# Events of one batch and of one pass, days they are kept, bytes of the largest one.
EVENT_BATCH_SIZE = 100
EVENTS_PER_PASS = 1000
EVENT_KEEP_DAYS = 90
EVENT_MAX_BYTES = 512 * 1024

# The path on which events arrive; its end is unguessable, one for each provider.
WEBHOOK_PATH = "/payment/autopay/stripe/webhook/"

# Hours for which messages signed with a replaced webhook secret are still accepted: as
# long as Stripe lets an old secret live.
OLD_SECRET_HOURS = 24

# Saved methods are read again when they end within so many days (or have ended), each
# at most once in so many hours, so many in one pass. A method that was never read is
# new: it was read when it was saved, and is left alone for as long.
METHOD_EXPIRY_DAYS = 35
METHOD_READ_HOURS = 24
METHOD_READ_BATCH = 40
