"""The life of one thing to tell, from the event to the mail server."""

NOTICE_STATES = [
    ("due", "To send"),
    ("queued", "Being sent"),
    ("sent", "Sent"),
    ("failed", "Not sent"),
    ("skipped", "Left out"),
]

# States from which a person who has mended the cause sends a mail once more.
REPEATABLE_STATES = ("failed", "skipped")

# Mails that are written, and committed, together.
MAILS_AT_ONCE = 50

# The same where receipts have a PDF: however short the time, some are done.
PAPERS_AT_ONCE = 5

# Documents that a company can have attached to receipts.
RECEIPT_PAPERS = [
    ("receipt", "Payment receipt"),
    ("invoice", "Invoices that were paid"),
]

# Hours until a mail is tried again when no mail server took it, and how often.
SERVER_HOURS = 1
SERVER_TRIES = 7 * 24

# Minutes after which a mail that is in no queue counts as lost.
LOST_MINUTES = 60

# Days in which a mail that comes back is one that was sent.
BOUNCE_DAYS = 5

# Invoices that are named in a mail; of others it says how many they are.
NAMED_INVOICES = 10

# The frame of mails to customers.
LAYOUT = "autopay.mail_layout"
