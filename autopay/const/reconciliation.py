"""Tables of the reconciliation of charges: states, kinds, limits."""

RECONCILIATION_STATES = [
    ("draft", "To compare"),
    ("agrees", "Agrees"),
    ("differs", "Differences"),
    ("incomplete", "Incomplete"),
]

RECONCILIATION_TRIGGERS = [("manual", "By hand"), ("scheduled", "Daily check")]

# Results of comparing an attempt, its charge at the provider and its payment. The
# first kind of this table that holds is the one that is shown.
RECONCILIATION_KINDS = [
    ("orphan", "Charged, unknown here"),
    ("twice", "Invoice charged twice"),
    ("amount", "Amount or currency differs"),
    ("booked_twice", "Booked twice"),
    ("unread", "Not compared: reading was cut short"),
    ("booked_only", "Booked, not charged"),
    ("not_charged", "Collected here, not at the provider"),
    ("reversal", "Refunded or disputed, not booked"),
    ("open", "Under way"),
    ("not_booked", "Charged, not booked"),
    ("matched", "Matched"),
]

# Kinds that are no difference.
AGREEING_KINDS = ("matched", "open", "unread")

# Seconds around a period in which the provider is asked as well: its clock is not ours.
READING_MARGIN = 86400

# Minutes that a charge may take until it is booked.
BOOKING_MINUTES = 60

# Days before yesterday that the daily check looks at again, and for how long its
# results are kept.
OVERLAP_DAYS = 3
# At most so many days are caught up after checks that did not take place.
CATCH_UP_DAYS = 60
KEEP_DAYS = 365

# States of posted payments: money that the books say we have.
POSTED_PAYMENT_STATES = ("in_process", "paid")
