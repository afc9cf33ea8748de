"""The life of a request for a payment method, and of the link that it sends."""

REQUEST_STATES = [
    ("queued", "Being sent"),
    ("sent", "Asked"),
    ("failed", "Not sent"),
    ("no_address", "No e-mail address"),
    ("answered", "Answered"),
    ("expired", "Expired"),
    ("withdrawn", "Withdrawn"),
]

# The link of these leads to a page on which a method can be saved.
OPEN_STATES = ("queued", "sent", "failed", "no_address")

# A method that comes now is the answer, even when it comes late.
UNANSWERED_STATES = (*OPEN_STATES, "expired")

# Customers who have, or are about to have, a mail that asks them.
REACHED_STATES = ("queued", "sent", "answered", "expired")

# Days for which a link can be used, and for which it says afterwards that it cannot.
REQUEST_DAYS = 30
TOLD_DAYS = 180

# Customers who were asked within so many days are not asked again unless a person
# ticks them.
RECENT_DAYS = 7

# Mails that the dialog writes by itself; the scheduled action writes the others.
MAILS_AT_ONCE = 50

# The reasons of a customer's readiness that another payment method mends.
MENDED_READINESS = (
    "no_method",
    "method_archived",
    "method_expired",
    "method_refused",
    "method_exhausted",
    "provider_one_time",
    "no_authorization",
    "authorization_revoked",
)

# Why a customer is not asked unless a person ticks the row.
REQUEST_MARKS = [
    ("ask", "Will be asked"),
    ("recent", "Asked recently"),
    ("no_address", "No e-mail address"),
    ("ready", "Left out"),
]

# Each kind of link has a purpose of its own: one of them opens nothing of another.
REQUEST_SCOPE = "autopay-method-request"
REQUEST_PATH = "/autopay/m/"
