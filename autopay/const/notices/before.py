"""The measures of mails that tell of a charge before it is made."""

# The kind of notice.
BEFORE = "before"

# By the rules of SEPA a debtor hears of a debit 14 days before, if nothing shorter was
# agreed (EPC016-06, pre-notification).
SEPA_DAYS = 14
# As providers call it.
SEPA_TYPES = ("sepa_debit", "sepa_direct_debit")
MOST_DAYS = 60

# Minutes until it is looked again for charges to tell of. What was changed since is
# looked at then, and everything once a day.
LOOK_MINUTES = 10
# Transactions take some time until others see what they have changed.
LOOK_BACK_MINUTES = 60
# Invoices that are looked at together.
MOVES_AT_ONCE = 500
