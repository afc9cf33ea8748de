"""Compares the books with the simulator's ledger, payment by payment, to the cent.

Plain values in, sentences out: what either side says that the other does not.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from stripe_simulator.rules.currencies import THREE_DECIMAL, ZERO_DECIMAL

CHARGED, PENDING = "charged", "pending"


@dataclass(frozen=True)
class Booking:
    """One payment intent in the books. Amounts are in major units.

    :param state: *charged*, or *pending* while a bank debit is under way
    :param amount: posted, or expected while it is pending
    :param reconciled: how much of it settles the invoice
    """

    intent: str
    invoice: str
    currency: str
    state: str
    amount: Decimal
    reconciled: Decimal = Decimal()


@dataclass
class Taken:
    """One payment intent in the ledger. Amounts are in major units."""

    currency: str = ""
    charged: Decimal = Decimal()
    pending: Decimal = Decimal()
    charges: int = 0


@dataclass
class Total:
    """The sums of one currency, in major units."""

    booked: Decimal = Decimal()
    charged: Decimal = Decimal()
    books_pending: Decimal = Decimal()
    ledger_pending: Decimal = Decimal()

    @property
    def agrees(self):
        """Whether both sides say the same."""
        pending = self.books_pending == self.ledger_pending
        return self.booked == self.charged and pending


@dataclass
class Agreement:
    """The outcome of a comparison.

    :param totals: {currency: Total}
    :param differences: a sentence for each; none means that both sides agree
    :param charges: how often the ledger says that money was taken
    :param others: {currency: booked} through providers without a ledger
    """

    totals: dict = field(default_factory=dict)
    differences: list = field(default_factory=list)
    charges: int = 0
    others: dict = field(default_factory=dict)


# Effects of each movement of the ledger: (attribute of Taken, sign) pairs.
MOVEMENTS = {
    "charge": (("charged", 1),),
    "submitted": (("pending", 1),),
    "settled": (("pending", -1), ("charged", 1)),
    "failed": (("pending", -1),),
}


def compare(bookings, entries, others=()):
    """Compare the books with the ledger.

    :param bookings: the Bookings of all payment intents that are charged or pending
    :param entries: the ledger's entries, as the simulator tells them
    :param others: the Bookings of providers that keep no ledger
    :return: an Agreement
    """
    taken = read_ledger(entries)
    agreement = Agreement(charges=sum(part.charges for part in taken.values()))
    agreement.totals = _get_totals(bookings, taken)
    booked = defaultdict(list)
    for booking in bookings:
        booked[booking.intent].append(booking)
    for intent in sorted(taken.keys() | booked.keys()):
        found = _compare_intent(intent, booked[intent], taken.get(intent, Taken()))
        agreement.differences += found
    agreement.differences += _find_collected_twice([*bookings, *others])
    agreement.differences += _find_unreconciled([*bookings, *others])
    for currency, total in _get_totals(others, {}).items():
        agreement.others[currency] = total.booked
    return agreement


def read_ledger(entries):
    """Return {payment intent: Taken} for everything that moved money."""
    taken = defaultdict(Taken)
    for entry in entries:
        part = taken[entry["payment_intent"]]
        part.currency = entry["currency"].upper()
        amount = to_major(entry["amount"], entry["currency"])
        for name, sign in MOVEMENTS[entry["kind"]]:
            setattr(part, name, getattr(part, name) + sign * amount)
            part.charges += name == CHARGED
    return dict(taken)


def to_major(minor, currency):
    """Return an amount of the ledger (minor units) in major units.

    Stripe's own rule (docs.stripe.com/currencies), and not the add-on's code for it:
    a mistake there must show.
    """
    code = currency.lower()
    decimals = 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2
    return Decimal(minor).scaleb(-decimals)


def _get_totals(bookings, taken):
    totals = defaultdict(Total)
    for booking in bookings:
        total = totals[booking.currency]
        name = "booked" if booking.state == CHARGED else "books_pending"
        setattr(total, name, getattr(total, name) + booking.amount)
    for part in taken.values():
        totals[part.currency].charged += part.charged
        totals[part.currency].ledger_pending += part.pending
    return dict(sorted(totals.items()))


# === DIFFERENCES === #


def _compare_intent(intent, bookings, taken):
    """Return how the books and the ledger differ about one payment intent."""
    checks = (_find_wrong_amounts, _find_wrong_currencies, _find_repeated)
    label = ", ".join(booking.invoice for booking in bookings) or "no invoice"
    return [
        f"{label} ({intent}): {words}"
        for check in checks
        for words in check(bookings, taken)
    ]


def _find_wrong_amounts(bookings, taken):
    for state, in_ledger in ((CHARGED, taken.charged), (PENDING, taken.pending)):
        in_books = sum(b.amount for b in bookings if b.state == state)
        if in_books != in_ledger:
            yield (
                f"{state} {in_books} in the books, "
                f"{in_ledger} {taken.currency} in the ledger"
            )


def _find_wrong_currencies(bookings, taken):
    for booking in bookings:
        if taken.currency and booking.currency != taken.currency:
            yield f"booked in {booking.currency}, charged in {taken.currency}"


def _find_repeated(_bookings, taken):
    if taken.charges > 1:
        yield f"charged {taken.charges} times"


def _find_collected_twice(bookings):
    """Yield the invoices of which more than one payment is booked or under way."""
    by_invoice = defaultdict(list)
    for booking in bookings:
        by_invoice[booking.invoice].append(booking.intent)
    for invoice, intents in by_invoice.items():
        if len(intents) > 1:
            yield f"{invoice}: collected {len(intents)} times ({', '.join(intents)})"


def _find_unreconciled(bookings):
    """Yield the payments that do not settle their invoice in full."""
    for booking in bookings:
        if booking.state == CHARGED and booking.reconciled != booking.amount:
            yield (
                f"{booking.invoice} ({booking.intent}): {booking.amount} "
                f"{booking.currency} booked, {booking.reconciled} reconciled with it"
            )
