"""The measures of confirmations: a customer tells the bank that a charge is his."""

# Each kind of link has a purpose of its own: one of them opens nothing of another.
CONFIRM_SCOPE = "autopay-confirm"
CONFIRM_PATH = "/autopay/confirm/"

# Hours that a customer has to confirm: by default, at least, at most.
CONFIRM_HOURS = 72
LEAST_HOURS, MOST_HOURS = 1, 336

# Days for which a link says what became of its charge, from when it was reserved.
TOLD_DAYS = 180

# Requests to the bank for one charge. Card networks count each as a try.
MOST_CONFIRMS = 5

# Seconds after which a request has been answered or never will be: the connection is
# given up before.
ANSWER_SECONDS = 60

# A link may be looked at so often without waiting, then once in so many seconds: each
# look is a question to the provider.
FREE_LOOKS = 20
LOOK_SECONDS = 30

# Customers who have less time than so many hours are not reminded of it.
REMINDED_HOURS = 4

# Minutes until the provider is asked what a customer has done on the bank's page.
CHECK_MINUTES = 5
