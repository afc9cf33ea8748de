"""The measures of mails about cards that expire before their next charge."""

# The kind of notice.
EXPIRING = "expiring"

# Days before the last one of a card on which its customer is told.
EXPIRING_DAYS = 30
# Days in which a charge after it is looked for.
LOOK_DAYS = 90
