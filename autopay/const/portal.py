"""Rights of contacts in the customer portal."""

# Empty means: by default, see ``_compute_autopay_portal_manager``.
PORTAL_RIGHTS = [
    ("change", "May change autopay"),
    ("read", "May only look"),
]
