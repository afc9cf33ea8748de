"""Tables the whole add-on agrees on: states, transitions, classes, blockers, steps."""

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

AUTHORIZATION_CHANNELS = [
    ("portal", "Customer portal"),
    ("staff", "Recorded by staff"),
    ("paper", "Signed on paper"),
    ("phone", "By phone"),
    ("email", "By e-mail"),
]

# How a customer can have told staff; "staff" is what nobody was asked about.
CONSENT_CHANNELS = [
    ("paper", "Signed paper"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("portal", "Customer portal or website"),
]

# Bytes of the scan of a consent at most.
MAX_SCAN_BYTES = 10 << 20

# Days ahead that people are told about before a consent is recorded.
CONSENT_PREVIEW_DAYS = 92

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

# Ways to treat an invoice that is due for more than a cap of its configuration.
CAP_RULES = [
    ("skip", "Is not charged"),
    ("part", "Is charged up to the cap, the rest next month"),
]

# The life of a second person's word on a charge above the company's limit.
APPROVAL_STATES = [
    ("waiting", "Waiting for approval"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("lapsed", "Lapsed"),
    ("used", "Charged"),
]
# A dry run is a question first, then the answer to it.
DRY_RUN_STATES = [("draft", "Question"), ("done", "Done")]
DRY_RUN_RESULTS = [("charge", "Would be charged"), ("skip", "Would not be charged")]

# Days that a dry run looks ahead at most.
DRY_RUN_DAYS = 366

RUN_STATES = [
    ("running", "Running"),
    ("done", "Done"),
    ("interrupted", "Interrupted"),
]

RUN_TRIGGERS = [
    ("scheduled", "Scheduled"),
    ("manual", "Charge now"),
]

# The life of one attempt to collect.
ATTEMPT_STATES = [
    ("reserved", "Reserved"),
    ("prepared", "Prepared"),
    ("charging", "Charging"),
    ("unknown", "Unknown, to resolve"),
    ("pending", "Pending at the bank"),
    ("action_required", "Waiting for the customer"),
    ("succeeded", "Succeeded"),
    ("declined", "Declined"),
    ("canceled", "Withdrawn"),
]

# Source states from which each state may be reached; anything else is refused.
ATTEMPT_TRANSITIONS = {
    "prepared": ("reserved",),
    "charging": ("reserved", "prepared"),
    # A declined payment intent can still be paid until it is closed.
    # One that was withdrawn cannot, unless the provider contradicts itself.
    "succeeded": (
        "charging",
        "unknown",
        "pending",
        "action_required",
        "declined",
        "canceled",
    ),
    "pending": ("charging", "unknown", "action_required", "declined"),
    "action_required": ("charging", "unknown"),
    "declined": ("reserved", "charging", "unknown", "pending", "action_required"),
    "unknown": ("charging", "pending", "action_required"),
    "canceled": ("reserved", "prepared", "unknown", "pending", "action_required"),
}

# States in which money was never asked for: the attempt can be withdrawn safely.
UNCHARGED_STATES = ("reserved", "prepared")

# States in which the bank or the customer has the next word.
WAITING_STATES = ("pending", "action_required")

# States that only the provider's answer can leave.
OPEN_STATES = ("unknown", *WAITING_STATES)

# State of Odoo's payment.transaction for each state of the attempt.
TRANSACTION_STATES = {
    "succeeded": "done",
    "pending": "pending",
    "unknown": "pending",
    "action_required": "pending",
    "declined": "error",
    "canceled": "cancel",
}

# State of the attempt for each kind of outcome (gateways/base.py).
OUTCOME_STATES = {
    "succeeded": "succeeded",
    "pending": "pending",
    "declined": "declined",
    "action_required": "action_required",
    "canceled": "canceled",
    "unknown": "unknown",
}

# Statements a person can make about a charge whose provider does not answer.
RESOLUTIONS = [("paid", "It was paid"), ("not_paid", "It was not paid")]

# Minutes after which an attempt that is still being sent was left behind by its run.
STUCK_MINUTES = 30

# How a definite "no" is treated. Keys are stored on the attempt.
DECLINE_CLASSES = [
    ("later", "Try again later"),
    ("method", "Needs another payment method"),
    ("authentication", "Needs the customer's authentication"),
    ("never", "Never again with this method"),
    ("configuration", "Our configuration"),
    ("technical", "Technical, try again soon"),
    ("revoked", "Authorization revoked"),
]

# Classes after which the same method collects nothing.
NEEDS_METHOD_CLASSES = ("method", "never", "revoked")

# Days to wait before the next automatic try after the 1st, 2nd ... decline of an
# invoice, by decline class; a class that is not here is never retried by itself.
# Four tries on days 0, 3, 7 and 14 stay far below every card network's limit;
# a bank debit may be presented twice more (NACHA: original plus two, R01 and R09).
RETRY_DAYS = {
    "card": {"later": (3, 4, 7), "technical": (1, 1)},
    "debit": {"later": (4, 5)},
}

# Declines of one method in so many days, on all its invoices, after which it rests.
# Visa allows 15 further tries in 30 days for one payment; the others allow more.
DECLINE_DAYS = 30
MAX_DECLINES = 15

# Minutes between questions to the provider about an attempt whose outcome is unknown;
# after the last step it is asked every hour and staff are alarmed.
UNKNOWN_CHECK_MINUTES = (1, 5, 15) + (15,) * 96
UNKNOWN_LAST_CHECK_MINUTES = 60

# Hours between questions about attempts that wait for a bank or for the customer.
CHECK_HOURS = {"pending": 6, "action_required": 1}

# Hours after which an attempt waiting for the customer is withdrawn.
ACTION_REQUIRED_HOURS = 72

# An invoice that was in the hands of a run that died this often is set aside.
CRASHES_BEFORE_SET_ASIDE = 2

# Invoices on which it is tried out, at random, whether what failed before works again.
REHEARSALS = 3

# How autopay's own fields are written on invoices: no line, tax or balance depends on
# them, so that Odoo need not look, and nobody edited the invoice.
OWN_FIELDS_CONTEXT = {
    "tracking_disable": True,
    "skip_invoice_sync": True,
    "check_move_validity": False,
    "skip_is_manually_modified": True,
}

# While a configuration is saved as a whole, its conditions are not judged one by one.
WHOLE_CONTEXT = {"autopay_whole_configuration": True}

# Attempts that go through the stages together, and requests sent at the same time. A
# batch is booked in a few seconds; as long, whoever edits one of its invoices waits.
BATCH_SIZE = 100
GATEWAY_THREADS = 50

# Minutes that a payment somebody has begun online, and perhaps not finished, keeps the
# engine away from its invoice.
CHECKOUT_MINUTES = 30

# Answers "no connection" in one batch after which the provider is left alone.
UNREACHABLE_BEFORE_STOP = 3

# Saved methods that a provider does not know, in one run, after which it is left alone.
MISSING_BEFORE_STOP = 4

# Seconds that the requests of a batch may take together: Odoo ends a worker after 120.
ANSWER_SECONDS = 60

# Seconds a run may take, by its mode, when the scheduler sets no limit of its own. Who
# charges by hand waits in a request that Odoo's server ends after 120 seconds.
RUN_SECONDS = {"scheduled": 600, "now": 50}

# Seconds of a run after which no charge that goes alone is begun any more. The last one
# may take three requests of ten seconds, and be booked: no worker may be ended in it. A
# scheduled run begins when its job is ten seconds old at most, and Odoo gives all jobs
# that are ready 120 seconds together.
SINGLE_SECONDS = {"scheduled": 30, "now": 50}

# Provider types of method that are bank debits: days between charge and settlement.
DEBIT_METHOD_TYPES = ("us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit")

# Why an invoice will not be charged now. The words are in blocker_words.py.
BLOCKERS = [
    ("database_neutralized", "Database is a copy"),
    ("database_copied", "Autopay was switched on elsewhere"),
    ("company_off", "Autopay is off"),
    ("customer_off", "Autopay is off for the customer"),
    ("customer_archived", "Customer archived"),
    ("not_posted", "Not posted"),
    ("being_charged", "Being charged"),
    ("outcome_unknown", "Outcome unknown, to resolve"),
    ("debit_pending", "Payment under way"),
    ("needs_authentication", "Waiting for the customer"),
    ("not_booked", "Charged, to be booked"),
    ("payment_blocked", "Payment blocked in Odoo"),
    ("nothing_due", "Nothing due"),
    ("set_aside", "Set aside"),
    ("not_eligible", "Not eligible"),
    ("payer_changed", "Payer changed"),
    ("in_dispute", "In dispute"),
    ("collected_open", "Collected, but not applied"),
    ("on_hold", "On hold"),
    ("money_returned", "Money was refunded or returned"),
    ("failed", "Failed"),
    ("no_date", "No autopay date"),
    ("payment_pending", "Other payment pending"),
    ("payment_in_doubt", "Other payment in doubt"),
    ("charge_contradicted", "Failed charge took money after all"),
    ("no_configuration", "No configuration matches"),
    ("configuration_invalid", "Configuration needs attention"),
    ("no_method", "No payment method"),
    ("method_archived", "Payment method archived"),
    ("method_expired", "Payment method expired"),
    ("method_paused", "Payment method paused"),
    ("method_of_other_customer", "Payment method of another customer"),
    ("provider_disabled", "Provider disabled"),
    ("provider_company", "Provider of another company"),
    ("provider_unsupported", "Provider not usable"),
    ("no_authorization", "No authorization"),
    ("authorization_revoked", "Authorization revoked"),
    ("method_refused", "Payment method refused for good"),
    ("method_exhausted", "Payment method declined too often"),
    ("above_cap", "Above the cap per charge"),
    ("month_cap_reached", "Cap of the month reached"),
    ("above_authorization", "Above the authorized amount"),
    ("authorized_month_reached", "Authorized amount of the month reached"),
    ("needs_approval", "Needs approval"),
    ("approval_refused", "Approval refused"),
    ("currency_inactive", "Currency archived"),
    ("currency_not_accepted", "Currency not accepted"),
    ("amount_not_accepted", "Amount not accepted"),
    ("cannot_be_booked", "Payment could not be booked"),
    # Last: "will be charged on ..." is said only when nothing else stands in the way.
    ("retry_not_due", "Retry not due"),
    ("date_not_reached", "Date not reached"),
]

# Blockers, False for none, with which it is said where the autopay date comes from.
DATED_BLOCKERS = (False, "date_not_reached", "retry_not_due", "on_hold")

# Days that a person has to say what a refund was for.
REFUND_DECISION_DAYS = 7

# Blockers that a person who charges now passes over, and what the dialog calls them.
CHARGE_NOW_MARKS = [
    ("customer_off", "Autopay is off"),
    ("retry_not_due", "Retry planned"),
    ("money_returned", "Refunded or returned"),
    ("failed", "Failed"),
    ("set_aside", "Set aside"),
    ("date_not_reached", "Early"),
    ("not_eligible", "Not on autopay"),
]

# The reasons for which a run skipped invoices, as its document calls them.
SKIP_REASONS = [
    *BLOCKERS,
    ("provider_stopped", "Provider stopped in this run"),
    ("not_an_invoice", "Not a customer invoice"),
]

# Spreadsheets: where they are downloaded, and of what.
SHEET_PATH = "/autopay/sheet/"
SHEET_MODELS = ("autopay.dry.run", "autopay.reconciliation")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
