"""How a customer can agree to autopay, and how it is recorded."""

AUTHORIZATION_CHANNELS = [
    ("portal", "Customer portal"),
    ("link", "Mailed link"),
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
