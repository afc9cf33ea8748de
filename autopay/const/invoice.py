"""The statuses, policies and dates that invoices and customers show of autopay."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Own fields of invoices are read together, and apart from Odoo's: who reads a field of
# an invoice reads all of its group, and most of Odoo asks for none of these.
OWN_PREFETCH = "autopay"
# Fields that many screens of Odoo ask for where Autopay is, or was, on. There they are
# read along with Odoo's own, see models/guard/autopay_known_prefetch.py.
KNOWN_PREFETCH = "autopay_known"

# The status that the accountant sees on the invoice. Empty means: not on autopay.
MOVE_STATUSES = [
    ("eligible", "On Autopay"),
    ("in_progress", "In Progress"),
    ("success", "Collected"),
    ("error", "Failed"),
]

# Invoices that are still to be collected, or are being collected.
OPEN_STATUSES = ("eligible", "in_progress", "error")

# The policies for a customer's declined charges.
FALLBACK_POLICIES = [
    ("next", "Try the next method that the customer has agreed to"),
    ("stop", "Try no other method"),
]

# Statuses that only the engine may give an invoice.
ENGINE_STATUSES = ("in_progress", "success", "error")

# How an invoice stands, as lists show and count it: the status, and whether something
# keeps the invoice from being charged.
STANDINGS = [
    ("scheduled", "Scheduled"),
    ("retry", "Retry Planned"),
    ("waiting", "Waiting"),
    ("blocked", "Blocked"),
    ("failed", "Failed"),
    ("in_progress", "In Progress"),
    ("collected", "Collected"),
    ("refunded", "Refunded"),
    ("charged_back", "Charged Back"),
    ("settled", "Settled without Autopay"),
]

# Standings that can change without anybody writing on the invoice.
OPEN_STANDINGS = (
    "scheduled",
    "retry",
    "waiting",
    "blocked",
    "failed",
    "in_progress",
    "refunded",
    "charged_back",
)

# Standings of invoices that are charged by themselves later on.
SCHEDULED_STANDINGS = ("scheduled", "retry")

# How an invoice stands at once when its status changes, until it is looked at.
FIRST_STANDINGS = {
    False: False,
    "eligible": "scheduled",
    "in_progress": "in_progress",
    "success": "collected",
    "error": "failed",
}

# Payment states of an invoice of which something is still to be paid.
UNPAID_STATES = ("not_paid", "partial")

POLICIES = [
    ("off", "Off"),
    ("manual", "Manual: accountants mark the invoices"),
    ("automatic", "Automatic: every posted invoice of an authorized customer"),
]

# The amount charged where a payment term grants a discount for early payment.
DISCOUNT_POLICIES = [
    ("take", "Take: charged in time, the customer pays the discounted amount"),
    ("ignore", "Do not take: the full amount is charged on the autopay date"),
]

# From what the autopay date of an invoice is counted.
DATE_RULES = [
    ("due", "Days from the due date"),
    ("invoice", "Days from the invoice date"),
    ("month_day", "Fixed day of the month"),
]

# The kinds of payment method that an invoice can be limited to.
ALLOWED_KINDS = [("card", "Cards only"), ("debit", "Bank debits only")]

# The ways to deal with money open in a customer's favour, before a charge.
CREDIT_POLICIES = [
    ("hold", "Hold and ask: nothing is charged until a person decides"),
    ("apply", "Apply first, charge the rest"),
]

# Months from one invoice of a series to the next, as Odoo counts them.
PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}

# The sources of the autopay date of an invoice.
DATE_SOURCES = [
    ("rule", "The company's rule"),
    ("person", "Set by hand"),
    ("rest", "The rest after a limit"),
    ("customer", "Moved by the customer"),
    ("trigger", "When the work was done"),
]

# Blockers that a customer shows under the name "off".
OFF_BLOCKERS = ("company_off", "customer_off")

# Whether a customer's invoices can be collected; if not, the blocker says why.
READINESS = {"ready": _lt("Ready"), "off": _lt("Autopay is off")}

# The policy "automatic" puts invoices on autopay although they cannot be charged yet:
# the customer has agreed, and whoever must see to it is called when they wait too long.
WAITING_READINESS = (
    "customer_archived",
    "provider_disabled",
    "provider_company",
    "provider_unsupported",
    "method_exhausted",
)
