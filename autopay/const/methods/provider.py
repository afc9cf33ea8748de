"""What a payment provider is used for."""

USAGES = [
    ("both", "Autopay and one-time payments"),
    ("autopay", "Autopay only"),
    ("one_time", "One-time payments only"),
]
