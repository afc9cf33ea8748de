"""Faults that come from outside: messages, the scheduler, people."""

from tests.fault_matrix.row import NO_MAIL_TO_CUSTOMERS, Row

ROWS = (
    # === WEBHOOK === #
    Row(
        63,
        "H",
        "an event comes before our record is committed",
        "stored, applied later",
    ),
    Row(64, "H", "one event ten times, two at once", "one effect"),
    Row(65, "H", "events out of order", "the state at the provider"),
    Row(
        66,
        "H",
        "forged, unsigned, wrong or another provider's secret, too old",
        "refused, nothing written",
    ),
    Row(67, "H", "the secret is rolled: two signatures in any order", "accepted"),
    Row(68, "H", "no event ever comes", "the same end by asking"),
    Row(
        69,
        "H",
        "dispute, or a debit returned after the booking",
        "booked back, the invoice is open again, staff and customer are told",
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        70,
        "H",
        "a refund is made in Stripe's dashboard",
        "booked once, not charged again",
    ),
    Row(
        71,
        "H",
        "the bank renews the card",
        "the method is updated, nothing is charged at once",
    ),
    # === SCHEDULER === #
    Row(
        72,
        "J",
        "two servers, the lock of the job is lost meanwhile",
        "no second charge",
    ),
    Row(
        73,
        "J",
        "the job raises after it charged",
        "one request for each invoice, however often it is called",
    ),
    Row(
        74,
        "J",
        "an invoice kills the worker each time",
        "set aside after two deaths, the others are charged",
    ),
    Row(75, "J", "the clock jumps by a day or an hour", "no further attempts"),
    Row(
        76,
        "J",
        "the job was off for days",
        "people see it; afterwards one attempt for each invoice that is due",
        left_out="no banner and no dates of notice yet",
    ),
    Row(
        77, "J", "a module is being upgraded", "no charge, nothing is broken afterwards"
    ),
    Row(
        78,
        "J",
        "a copy of the database that nobody neutralized",
        "refused: it is not the database in which autopay was switched on",
    ),
    # === PEOPLE === #
    Row(79, "U", "Charge now twice, or while the job is charging", "one charge"),
    Row(
        80,
        "U",
        "staff call a transaction paid",
        "refused or without effect, no payment without a charge",
    ),
    Row(
        81,
        "U",
        "staff withdraw a charge in doubt",
        "refused until its outcome is known",
    ),
    Row(
        82,
        "U",
        "the provider goes from test to live while a debit is under way",
        "alarm, the debit is kept and booked with its key; no new charge",
    ),
    Row(
        83,
        "U",
        "customers merged, company changed, currency archived",
        "resolved or left out, never charged to somebody else",
    ),
    Row(84, "U", "the customer pays the invoice in the same second", "one charge"),
    Row(
        85,
        "U",
        "many declines of one card, over several invoices",
        "the limit of the card networks holds",
        left_out="one card that was saved twice counts as two",
    ),
    # === RESERVE === #
    Row(
        86,
        "R",
        "the journal or the outstanding account is archived before the charge",
        "nothing is charged, one alarm; charged once it is back",
    ),
    # === BOOK === #
    Row(
        87,
        "B",
        "no payment can be posted, for whatever reason",
        "one charge, then none until a booking works again",
    ),
    # === RESERVE === #
    Row(
        88,
        "R",
        "every invoice fails alike: a sequence archived, another module's constraint",
        "the run ends with one alarm, nothing is set aside; goes on once it is mended",
    ),
    # === RECORD === #
    Row(
        89,
        "W",
        "what became of the charges cannot be saved",
        "one charge, its provider is left alone; found out and booked",
    ),
    # === PEOPLE === #
    Row(
        90,
        "U",
        "another payment of the invoice arrives after the charge",
        "a person is called, the refund is proposed, the books end right",
    ),
    # === GATE === #
    Row(
        91,
        "G",
        "credit of the customer arrives after the reservation",
        "withdrawn, held until a person decides",
    ),
    # === RESERVE === #
    Row(
        92,
        "R",
        "another process has the customer's credit in hand, or Odoo does not apply it",
        "the invoice is held, nothing is charged, no failure is counted",
    ),
    # === GATE === #
    Row(
        93,
        "G",
        "one of several invoices of one charge changes after the reservation",
        "all of them are withdrawn, then charged alone",
    ),
    # === CONFIRM === #
    Row(
        94,
        "X",
        "the charge of several invoices is declined",
        "they go alone, oldest first, up to the first decline",
    ),
    # === GATE === #
    Row(
        95,
        "G",
        "a limit is lowered below the sum of several invoices",
        "all of them are withdrawn",
    ),
    # === PEOPLE === #
    Row(
        96,
        "U",
        "a part of the charge of several invoices is refunded",
        "the newest invoice is open again first, the books end right",
    ),
    # === GATE === #
    Row(
        97,
        "G",
        "the early-payment discount ends before the last look",
        "not charged with it",
    ),
    # === BOOK === #
    Row(
        98,
        "B",
        "a debit arrives after the last day of its discount",
        "the discount stays, nothing is left open",
    ),
    # === CONFIRM === #
    Row(
        99,
        "X",
        "the customer fails the bank's challenge, leaves it, or is too late",
        "nothing is charged; the same charge can be confirmed until its deadline",
    ),
    Row(
        100,
        "X",
        "kill -9 while the customer confirms a charge",
        "the same charge is confirmed later or booked, once",
    ),
    Row(
        101,
        "X",
        "the customer presses Confirm in two windows",
        "the bank is asked once",
    ),
    Row(
        102,
        "X",
        "the answer to a confirmation is lost",
        "asked; the same charge, never a second one",
    ),
    Row(
        103,
        "X",
        "what is owed changes, or was paid, before the customer confirms",
        "withdrawn, nothing is charged",
    ),
    # === PEOPLE === #
    Row(
        104,
        "U",
        "the customer pays in another way while the bank makes the charge",
        "not led there unless the charge is withdrawn for good",
    ),
)
