"""Faults of the charge itself: the request, the provider, its answer."""

from tests.fault_matrix.row import NO_MAIL_TO_CUSTOMERS, Row

ROWS = (
    # === CONFIRM === #
    Row(27, "X", "none", "collected, booked, told once", left_out=NO_MAIL_TO_CUSTOMERS),
    Row(28, "X", "time-out, Stripe took the money", "in doubt, asked, booked once"),
    Row(
        29,
        "X",
        "time-out, Stripe did nothing",
        "asked and withdrawn; no new intent while one is open",
    ),
    Row(
        30,
        "X",
        "the connection breaks after the request was sent",
        "as in rows 28 and 29",
    ),
    Row(31, "X", "200 with an unreadable body", "in doubt, asked, booked once"),
    Row(32, "X", "500, also repeated for the key", "asking decides"),
    Row(33, "X", "502 of a proxy", "asking decides"),
    Row(
        34,
        "X",
        "402: insufficient funds",
        "tried again on a date, told once, counts as a try",
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        35,
        "X",
        "402: lost, stolen, fraudulent",
        "never again with this method, neutral words for the customer",
    ),
    Row(
        36,
        "X",
        "402: the bank wants the customer",
        "waits for the customer, who completes the same intent; booked once",
    ),
    Row(
        37,
        "X",
        "402: consent withdrawn at the bank",
        "the authorization is revoked, nothing more is charged, staff are told",
    ),
    Row(
        38,
        "X",
        "a block because of an earlier decline",
        "needs another method, no further try",
    ),
    Row(
        39,
        "X",
        "200: a bank debit is processing",
        "in progress, no further try, asked about every day",
    ),
    Row(40, "X", "200: requires action", "waits for the customer"),
    Row(
        41,
        "X",
        "200: requires capture",
        "a matter of our configuration, a person decides",
    ),
    Row(
        42,
        "X",
        "400: unexpected state of the intent",
        "asked; booked when it succeeded",
    ),
    Row(
        43,
        "X",
        "kill -9 while the answer is on its way",
        "booked or given back, one charge at most",
    ),
    Row(44, "X", "Odoo's time limit kills the worker", "as in row 43"),
    Row(45, "X", "the answer drips in", "not waited for, in doubt"),
    Row(
        46,
        "X",
        "another amount in the answer",
        "alarm, held, the intent's id is kept, not booked",
    ),
    Row(
        47,
        "X",
        "an answer of the other mode or account",
        "alarm, the provider is left alone",
    ),
)
