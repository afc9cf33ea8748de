"""Tables about the visits on which customers save payment methods."""

SETUP_STATES = [
    ("new", "Being Prepared"),
    ("open", "Waiting for the Customer"),
    ("waiting", "Waiting for the Bank"),
    ("done", "Saved"),
    ("failed", "Not Saved"),
    ("expired", "Left"),
]

# Nothing more is expected of these; what turns out to be saved all the same is taken.
OVER_STATES = ("done", "failed", "expired")

# Of these nothing was saved, and nobody has agreed to anything.
UNSAVED_STATES = ("failed", "expired")
# Days after which it is forgotten from where, and with which browser, they were begun.
VISITOR_DAYS = 30

SETUP_PURPOSES = [
    ("autopay", "Pays the Invoices"),
    ("replace", "Replaces Another Method"),
    ("store", "Is Kept"),
]
# Purposes under which the customer agrees to be charged.
CONSENT_PURPOSES = ("autopay", "replace")

# The provider is asked after so many minutes each, then every hour until the page is
# over, and until so many hours after that when no answer can be had.
CHECK_MINUTES = (1, 5, 15)
CHECK_HOURS = 1
SILENT_HOURS = 48

# An account is verified within days: asked every so many hours, for so many days.
# https://docs.stripe.com/payments/ach-direct-debit/set-up-payment
WAITING_HOURS = 6
WAITING_DAYS = 10

# A page lives for a day, and so does the key under which it was asked for; a customer
# needs some time on it.
PAGE_HOURS = 24
REUSE_HOURS = 23

# Customers who come back may look so often without waiting, then once in so many
# seconds: each look is a question to the provider.
FREE_LOOKS = 20
LOOK_SECONDS = 30

# Pages that are made at most: for one payer in an hour, for all of a company in a
# minute. Somebody who tries stolen cards needs many.
MOST_OF_PAYER = 5
MOST_OF_COMPANY = 20
# The reason of a visit that got no page because there were too many.
BUSY = "busy"

# Rows of one pass, and of one batch.
SETUPS_PER_PASS = 400
SETUP_BATCH_SIZE = 20

# Types of method, as providers call them, that can be charged by themselves.
SETUP_METHOD_TYPES = (
    "card",
    "us_bank_account",
    "sepa_debit",
    "bacs_debit",
    "au_becs_debit",
)

# Characters that a provider shows beside its button at most.
MOST_CHARACTERS = 1200

# Languages of the hosted page.
# https://docs.stripe.com/js/appendix/supported_locales
PAGE_LOCALES = frozenset(
    {"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fil", "fr", "hr", "hu"}
    | {"id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "ro"}
    | {"ru", "sk", "sl", "sv", "th", "tr", "vi", "zh"}
)
