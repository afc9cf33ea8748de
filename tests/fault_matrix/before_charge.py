"""Faults from the selection of due invoices to the last look before the charge."""

from tests.fault_matrix.row import NO_MAIL_TO_CUSTOMERS, Row

ROWS = (
    # === SELECT === #
    Row(
        1,
        "S",
        "10,000 invoices are due, the scheduler gives ten seconds",
        "ends in time, oldest first, the rest in the next run, nobody starves",
    ),
    Row(
        2,
        "S",
        "a check raises on one invoice",
        "that one is set aside with an alarm, the others are charged",
    ),
    Row(
        3,
        "S",
        "the database ends a statement that takes too long",
        "no charge, the next run goes on",
    ),
    # === RESERVE === #
    Row(
        4,
        "R",
        "a user holds the row of the invoice",
        "left out of this run without an error",
    ),
    Row(
        5,
        "R",
        "the invoice changes after it was read",
        "read again in a new transaction, charged with what is due now or not at all",
    ),
    Row(
        6,
        "R",
        "the invoice was paid, credited or cancelled meanwhile",
        "left out, nothing is sent",
    ),
    Row(
        7,
        "R",
        "killed before the reservation is committed",
        "nothing is left anywhere, the next run is as usual",
    ),
    Row(
        8,
        "R",
        "killed after the reservation is committed",
        "no intent is found, the invoice is given back, no charge by that attempt",
    ),
    Row(
        9,
        "R",
        "two workers take the same invoice",
        "one reserves it, the other leaves it alone",
    ),
    Row(
        10,
        "R",
        "only the unique index sees the second reservation",
        "counts as under way: no error, no alarm",
    ),
    Row(
        11,
        "R",
        "the payment method was archived a moment ago",
        "left out, another method is asked for",
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        12,
        "R",
        "autopay of the customer is switched off after the selection",
        "left out",
    ),
    Row(
        13,
        "R",
        "three decimals, an amount that the provider cannot take",
        "a matter of our configuration, nothing is sent",
    ),
    Row(
        14,
        "R",
        "amount zero, below zero, below the provider's minimum",
        "left out, nothing is sent",
    ),
    # === CREATE === #
    Row(15, "C", "connection refused", "given back or tried again, no money moved"),
    Row(
        16,
        "C",
        "time-out, the intent exists at Stripe",
        "found again, one intent only, never charged twice",
    ),
    Row(17, "C", "200 with a body that is cut off or HTML", "as in row 16"),
    Row(18, "C", "409: the key is in use", "waits, the same key, one intent"),
    Row(19, "C", "a storm of 429", "slower, then the run ends early; counts as no try"),
    Row(
        20,
        "C",
        "401, 403",
        "the provider is left alone, one alarm, no further request in this run",
    ),
    Row(
        21,
        "C",
        "400: the method or customer does not exist",
        "needs another method; more than three in a run stop the provider",
    ),
    Row(
        22,
        "C",
        "killed after Stripe made the intent, before its id is committed",
        "found by its tag and closed, no second one stays open",
    ),
    # === GATE === #
    Row(
        23,
        "G",
        "the invoice is cancelled, reset or credited before the charge",
        "refused; forced, the intent is closed and nothing is charged",
    ),
    Row(
        24,
        "G",
        "consent revoked, autopay off or method archived before the charge",
        "the intent is closed, no charge",
    ),
    Row(
        25,
        "G",
        "the provider is disabled before the charge",
        "no charge, the intent is closed",
    ),
    Row(
        26,
        "G",
        "the customer pays meanwhile",
        "refused on the portal; paid by transfer, the intent is closed",
    ),
)
