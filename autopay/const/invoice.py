"""What an invoice and its customer say of autopay: statuses, policies, dates."""

# The status that the accountant sees on the invoice. Empty means: not on autopay.
MOVE_STATUSES = [
    ("eligible", "Eligible"),
    ("in_progress", "In Progress"),
    ("success", "Success"),
    ("error", "Error"),
]

# Invoices that are still to be collected, or are being collected.
OPEN_STATUSES = ("eligible", "in_progress", "error")

# Statuses that only the engine may give an invoice.
ENGINE_STATUSES = ("in_progress", "success", "error")

POLICIES = [
    ("off", "Off"),
    ("manual", "Manual: accountants mark the invoices"),
    ("automatic", "Automatic: every posted invoice of an authorized customer"),
]

# From what the autopay date of an invoice is counted.
DATE_RULES = [
    ("due", "Days from the due date"),
    ("invoice", "Days from the invoice date"),
    ("month_day", "Fixed day of the month"),
]

# Where the autopay date of an invoice comes from.
DATE_SOURCES = [
    ("rule", "The company's rule"),
    ("person", "Set by hand"),
    ("rest", "The rest after a cap"),
]

READINESS = [
    ("ready", "Ready"),
    ("off", "Autopay is off"),
    ("configuration_invalid", "Configurations need attention"),
    ("no_method", "No payment method"),
    ("method_archived", "Payment method archived"),
    ("method_expired", "Payment method expired"),
    ("method_paused", "Payment method paused"),
    ("method_of_other_customer", "Payment method of another customer"),
    ("no_authorization", "No authorization"),
    ("authorization_revoked", "Authorization revoked"),
    ("method_refused", "Payment method refused for good"),
]
