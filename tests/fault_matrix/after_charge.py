"""Faults from the answer to the end: recorded, booked, told, cleared up."""

from tests.fault_matrix.row import NO_MAIL_TO_CUSTOMERS, Row

ROWS = (
    # === RECORD === #
    Row(
        48,
        "W",
        "others were faster in the database, one to many times",
        "repeated, recorded",
    ),
    Row(
        49,
        "W",
        "the database is gone after the charge",
        "in doubt on disk, booked later",
    ),
    Row(50, "W", "killed between answer and commit", "booked once"),
    Row(51, "W", "a message brought the outcome first", "no second booking, told once"),
    # === BOOK === #
    Row(
        52,
        "B",
        "lock date, archived account",
        "alarm, held, never charged again, booked once it is mended",
    ),
    Row(
        53,
        "B",
        "the invoice is cancelled before the booking",
        "payment posted and left open, a person is asked",
    ),
    Row(
        54,
        "B",
        "the invoice is reset to draft before the booking",
        "refused; forced, it is not posted again and a person is asked",
    ),
    Row(55, "B", "Odoo's own sweep books at the same time", "one payment"),
    Row(56, "B", "killed between payment and reconciliation", "rolled back, done once"),
    # === TELL === #
    Row(
        57,
        "M",
        "a message cannot be made",
        "money as if nothing had happened, told later",
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        58, "M", "killed after the booking, before anybody is told", "told once, later"
    ),
    # === RESOLVE === #
    Row(59, "K", "the resolver is killed, or works twice", "nothing is booked twice"),
    Row(
        60, "K", "Stripe is down for a day", "invoices stay held, one alarm, no charge"
    ),
    Row(
        61,
        "K",
        "25 hours later, the keys have expired",
        "asks and closes, never sends an old key",
    ),
    Row(
        62,
        "K",
        "no intent is found for a reservation",
        "given back only when the list was complete; a late intent is never charged",
        left_out="no second look at an empty list: an intent made later is unconfirmed",
    ),
)
