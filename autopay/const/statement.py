"""Bounds of the statements that customers and staff ask for."""

# Longer periods are several statements: nobody reads them at once, and each row is
# paid for by whoever waits for the page.
MAX_STATEMENT_YEARS = 5
MAX_STATEMENT_ROWS = 5_000
# On paper each row takes a hundredth of a second, while a worker waits.
MAX_PAPER_ROWS = 1_000

# How many months a statement shows to whoever names no period: this one and those
# before it.
DEFAULT_MONTHS = 3

# Payments that count: neither drafts, nor what was canceled or never came.
MADE_STATES = ("in_process", "paid")
