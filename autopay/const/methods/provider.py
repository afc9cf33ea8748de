"""The uses of a payment provider."""

USAGES = [
    ("both", "Autopay and one-time payments"),
    ("autopay", "Autopay only"),
    ("one_time", "One-time payments only"),
]

# Whether Autopay can use a provider, in one line; what keeps it from that comes in the
# order in which it is mended.
VERDICTS = [
    ("unsupported", "Autopay cannot use this provider: it saves no payment methods."),
    ("disabled", "Autopay cannot use this provider: it is disabled."),
    (
        "not_saving",
        "Autopay cannot use this provider: Allow Saving Payment Methods is off.",
    ),
    (
        "manual",
        "Autopay cannot use this provider: Capture Amount Manually is on, and what is "
        "not captured is not collected.",
    ),
    (
        "one_time",
        "Autopay does not use this provider: it is for one-time payments only.",
    ),
    ("test", "Autopay can use this provider, in test mode: no money moves."),
    ("ready", "Autopay can use this provider."),
]
