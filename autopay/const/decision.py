"""The reasons not to charge an invoice now, and the states of an approval."""

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

# Why an invoice will not be charged now. The words are in words/invoices/blockers.py.
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

# Those that say the same of all invoices which a customer pays with a method: it cannot
# pay at all in a company. Configurations and customers show them as well.
METHOD_BLOCKERS = (
    "no_method",
    "method_archived",
    "method_expired",
    "method_paused",
    "method_of_other_customer",
    "provider_disabled",
    "provider_company",
    "provider_unsupported",
    "no_authorization",
    "authorization_revoked",
    "method_refused",
    "method_exhausted",
)
# Likewise, whatever the method.
CUSTOMER_BLOCKERS = ("customer_off", "customer_archived")
PAYER_BLOCKERS = (*CUSTOMER_BLOCKERS, *METHOD_BLOCKERS)

# Blockers, False for none, with which it is said where the autopay date comes from.
DATED_BLOCKERS = (False, "date_not_reached", "retry_not_due", "on_hold")

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
