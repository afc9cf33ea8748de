"""The uses of a payment provider."""

USAGES = [
    ("both", "Autopay and one-time payments"),
    ("autopay", "Autopay only"),
    ("one_time", "One-time payments only"),
]
