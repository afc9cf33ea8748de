"""The measures of links by which failed invoices are paid."""

PAY_SCOPE = "autopay-pay"
PAY_PATH = "/autopay/pay/"

# Days for which a link can be used, and for which it says afterwards that it cannot.
PAY_DAYS = 30
TOLD_DAYS = 180

# Invoices of one link: their ids stand in it, and links have 512 characters at most.
MOST_LINKED = 22
