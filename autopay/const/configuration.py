"""The rules above the cap of a configuration, and how it is saved as a whole."""

# Ways to treat an invoice that is due for more than a cap of its configuration.
CAP_RULES = [
    ("skip", "Is not charged"),
    ("part", "Is charged up to the limit, the rest next month"),
]

# While a configuration is saved as a whole, its conditions are not judged one by one.
WHOLE_CONTEXT = {"autopay_whole_configuration": True}
