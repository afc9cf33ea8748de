"""When what is left of a sales order is invoiced and charged."""

TRIGGERS = [
    ("confirmed", "When confirmed"),
    ("delivered", "When fully delivered"),
    ("date", "On a date"),
]

# How far collecting an order is; empty: it waits for its trigger.
PROGRESS = [
    ("deposit", "Deposit Invoiced"),
    ("stuck", "Needs Attention"),
    ("collecting", "Being Collected"),
    ("paid", "Paid"),
]

# Values with which an order is looked at again: what is left is still to be collected.
OPEN_PROGRESS = (False, "deposit", "stuck")

# Odoo's words for an order of which nothing is left to be invoiced.
DONE_STATUSES = ("invoiced", "upselling")

# Fields of an order after whose change the job is to look soon.
HINTS = {"state", "autopay_trigger", "autopay_collect_date", "autopay_deposit"}

# Orders that are worked on in one transaction: a person who opens one waits as long.
ORDERS_TOGETHER = 10

# The names of the calls to a person about an order: one that cannot be collected, and
# one that was canceled after something was.
WAIT = "order"
WAIT_CANCELED = "order_canceled"

# Charges and their invoices are followed to the end, with or without a trigger.
FOLLOWED_PROGRESS = ("collecting", "paid")

# Down payments that are charged are due on the day of their invoice, whatever the terms
# of the order: customers are told that they pay the whole of it now.
DUE_AT_ONCE_CONTEXT = {"autopay_due_at_once": True}
