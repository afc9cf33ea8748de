"""The cast of the demonstration: 40 customers, three invoices each. A table, no code.

An invoice is written as *amount [currency] [what happens to it]*: without a currency it
is in US dollars; the rest is a key of ``invoices.EVENTS``. One of each customer's
invoices was due a month ago, one is due today, one in two weeks.

A method is one of Stripe's documented test payment methods, or *demo* and how a method
of Odoo's Demo provider ends. What has happened to a customer since signing up is a
key of ``customers.EVENTS``.
"""

from dataclasses import dataclass

# name, method, due a month ago, due today, due in two weeks[, what happened since]
ROWS = (
    # Cards of every brand, in several currencies, large and tiny amounts.
    (
        "Moonbeam Bottling Works",
        "pm_card_visa",
        *("1249.00", "89.90", "450.00 paid"),
        "configured",
    ),
    (
        "Paper Anchor Shipyard",
        "pm_card_mastercard",
        "999999.99",
        "12.00 held",
        "640.00",
    ),
    (
        "Castle-in-the-Air Roofs",
        "pm_card_amex",
        "27500.00 half-paid",
        "10000000.00",
        "5",
    ),
    ("Upside-Down Umbrellas", "pm_card_discover", "0.50", "0.49", "18.40 credited"),
    ("Snowman Sunscreen Lab", "pm_card_jcb", "128000 JPY", "980 JPY", "49 JPY"),
    (
        "Dry Water Springs",
        "pm_card_visa_debit",
        "1250.75 KWD",
        "7.125 KWD",
        "12.34 KWD",
    ),
    ("Glass Hammer Forge", "pm_card_de", "815.30 EUR", "64 EUR disputed", "4000 EUR"),
    ("Yesterday Forecasts", "pm_card_gb", "2040.10 GBP", "0.30 GBP", "35 GBP draft"),
    # The connection breaks: after the charge, and before it.
    ("Hollow Log Telegraph", "pm_card_visa", "720.00", "31.20", "88.00", "answer lost"),
    ("Rubber Bridge Builders", "pm_card_visa", "505.05", "44.00", "61.00", "cut off"),
    # Every kind of decline.
    (
        "Invisible Ink Archive",
        "pm_card_visa_chargeDeclined",
        "150.00",
        "22.10",
        "30.00",
    ),
    (
        "Bottomless Bucket Works",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        *("910.00", "75.25", "75.25"),
    ),
    (
        "Lost Sock Exchange",
        "pm_card_visa_chargeDeclinedLostCard",
        *("66.00", "66.00", "66.00 removed"),
    ),
    (
        "Borrowed Broom Airline",
        "pm_card_visa_chargeDeclinedStolenCard",
        *("340.00", "15.00 removed", "15.00"),
    ),
    (
        "Sandcastle Surveyors",
        "pm_card_chargeDeclinedExpiredCard",
        *("480.60", "51.00", "51.00"),
    ),
    (
        "Left-Handed Teapots",
        "pm_card_chargeDeclinedIncorrectCvc",
        *("29.99", "29.99", "29.99"),
    ),
    (
        "Perpetual Motion Repair",
        "pm_card_chargeDeclinedProcessingError",
        *("1700.00", "208.00", "17.00"),
    ),
    (
        "Winged Snail Couriers",
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        *("8.75", "8.75", "8.75"),
    ),
    (
        "Wooden Nickel Mint",
        "pm_card_chargeDeclinedFraudulent",
        *("5.00", "50.00", "500.00"),
    ),
    ("Mirage Oasis Hotels", "pm_card_radarBlock", "2222.22", "222.20", "22.00"),
    # The bank wants to see the customer, always or only when present.
    (
        "Whispering Gong Foundry",
        "pm_card_authenticationRequired",
        *("1310.00", "95.00", "95.00"),
    ),
    (
        "Midnight Sundial Makers",
        "pm_card_authenticationRequiredSetupForOffSession",
        *("700.00", "70.00", "7.00"),
    ),
    # Bank debits: the bank answers days later, yes or no or not yet.
    ("Gingerbread Masonry", "pm_usBankAccount_success", "1800.00", "240 EUR", "95.00"),
    (
        "Feather Anvil Smithy",
        "pm_usBankAccount_insufficientFunds",
        *("415.00", "41.50", "4.15"),
    ),
    (
        "Sleepy Volcano Bakery",
        "pm_usBankAccount_accountClosed",
        *("88.80", "8.80", "80.00"),
    ),
    (
        "Fog Lantern Mapmakers",
        "pm_usBankAccount_debitNotAuthorized",
        *("630.00", "63.00", "6.30"),
    ),
    (
        "Cheese Moon Mining",
        "pm_usBankAccount_processing",
        *("54000.00", "2500.00", "900.00"),
    ),
    ("Unicorn Shoe Smithy", "pm_success_de", "330.00 EUR", "33.40 EUR", "3 EUR"),
    ("Tin Cloud Airships", "pm_failed_de", "7100.00 EUR", "71.50 EUR", "7 EUR"),
    # Nothing may be charged, for one reason or another.
    ("Cardboard Submarines", "", "260.00", "26.00", "2.60", "marked"),
    ("Jelly Ladder Rentals", "pm_card_visa", "119.00", "11.90", "1.19", "archived"),
    ("Ice Candle Chandlers", "pm_card_visa", "37.00", "3.70", "370.00", "expired"),
    (
        "Marzipan Brickyard",
        "pm_card_visa",
        "5150.00",
        "51.50",
        "515.00",
        "unauthorized",
    ),
    ("Silent Trumpet Brass", "pm_card_visa", "84.00", "8.40", "840.00", "revoked"),
    ("Thimble Ocean Ferries", "pm_card_visa", "175.00", "17.50", "1.75", "turned off"),
    ("Pudding Tower Masons", "pm_card_visa", "480.00", "75.00", "48.00", "capped"),
    # Another provider than Stripe, through Odoo's own code.
    ("Flying Carpet Laundry", "demo done", "205.00", "20.50", "25.00 paying"),
    ("Rainbow Root Nursery", "demo pending", "390.00", "39.00", "3.90"),
    ("Two Left Shoes Cobblers", "demo cancel", "144.00", "14.40", "1.44"),
    ("Toast Gravity Lab", "demo error", "58.00", "5.80", "580.00"),
)


@dataclass(frozen=True)
class Invoice:
    """An invoice to be made.

    :param due: days from today to the due date
    :param amount: in major units, as text so that no digit is lost
    :param event: a key of ``invoices.EVENTS``, or nothing
    """

    due: int
    amount: str
    currency: str
    event: str


@dataclass(frozen=True)
class Customer:
    """A customer to be made.

    :param method: see the module; empty for none
    :param event: a key of ``customers.EVENTS``, or nothing
    """

    name: str
    method: str
    invoices: tuple
    event: str


def read_cast(rows=ROWS):
    """Return the table as a list of :class:`Customer`."""
    return [_read_customer(*row) for row in rows]


def _read_customer(name, method, overdue, today, later, event=""):
    bills = ((-30, overdue), (0, today), (14, later))
    invoices = tuple(_read_invoice(due, text) for due, text in bills)
    return Customer(name, method, invoices, event)


def _read_invoice(due, text):
    amount, *words = text.split()
    currency = words.pop(0) if words and words[0].isupper() else "USD"
    return Invoice(due, amount, currency, " ".join(words))
