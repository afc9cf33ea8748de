"""The measures of links by which customers stop charges, or have one wait."""

STOP_SCOPE = "autopay-stop"
STOP_PATH = "/autopay/stop/"

# Days for which a link can be used, and for which it says afterwards that it cannot.
STOP_DAYS = 60
TOLD_DAYS = 180
