"""Rights of contacts in the customer portal."""

# Empty means: by default, see ``autopay.partner.portal``.
PORTAL_RIGHTS = [
    ("change", "May change autopay"),
    ("read", "May only look"),
]
