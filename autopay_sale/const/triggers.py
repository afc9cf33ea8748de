"""When what is left of a sales order is invoiced and charged."""

TRIGGERS = [
    ("confirmed", "When confirmed"),
    ("delivered", "When fully delivered"),
    ("date", "On a date"),
]

# How far collecting an order is; empty: it waits for its trigger.
PROGRESS = [
    ("deposit", "Deposit Taken"),
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

# The name of the call to a person about an order.
WAIT = "order"
