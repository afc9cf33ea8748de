"""bin/demo compares: each way in which the books and the ledger may differ."""

import itertools
from decimal import Decimal

import pytest

from tools.demo.agreement import Booking, compare, to_major

sequence = itertools.count(1)


def entry(kind="charge", intent="pi_1", amount=1000, currency="usd"):
    """Return a line of the ledger; the amount is in minor units."""
    return {
        "seq": next(sequence),
        "kind": kind,
        "payment_intent": intent,
        "amount": amount,
        "currency": currency,
    }


def booking(amount="10.00", **values):
    """Return what the books say, reconciled unless told otherwise."""
    facts = {
        "intent": "pi_1",
        "invoice": "INV/1",
        "currency": "USD",
        "state": "charged",
        "amount": Decimal(amount),
    }
    return Booking(**{**facts, "reconciled": Decimal(amount), **values})


def differences(bookings, entries, others=()):
    return compare(bookings, entries, others).differences


def test_a_charge_that_is_booked_once_agrees():
    agreement = compare([booking()], [entry()])
    assert agreement.differences == []
    assert agreement.charges == 1
    assert agreement.totals["USD"].agrees


def test_a_charge_that_nobody_booked_is_a_difference():
    agreement = compare([], [entry()])
    assert len(agreement.differences) == 1
    assert "0 in the books, 10.00 USD in the ledger" in agreement.differences[0]
    assert not agreement.totals["USD"].agrees


def test_a_payment_that_nobody_charged_is_a_difference():
    assert "10.00 in the books" in differences([booking()], [])[0]


@pytest.mark.parametrize("amount", ["9.99", "10.01"])
def test_one_cent_is_a_difference(amount):
    agreement = compare([booking(amount)], [entry()])
    assert len(agreement.differences) == 1
    assert not agreement.totals["USD"].agrees


def test_mistakes_that_cancel_out_in_the_total_are_differences():
    bookings = [booking("9.00"), booking("11.00", intent="pi_2", invoice="INV/2")]
    agreement = compare(bookings, [entry(), entry(intent="pi_2")])
    assert agreement.totals["USD"].agrees
    assert len(agreement.differences) == 2


def test_the_same_number_in_another_currency_is_a_difference():
    found = differences([booking(currency="EUR")], [entry()])
    assert found == ["INV/1 (pi_1): booked in EUR, charged in USD"]


def test_a_card_that_was_charged_twice_is_a_difference():
    found = differences([booking("20.00")], [entry(), entry()])
    assert found == ["INV/1 (pi_1): charged 2 times"]


def test_an_invoice_that_was_collected_twice_is_a_difference():
    bookings = [booking(), booking(intent="pi_2")]
    found = differences(bookings, [entry(), entry(intent="pi_2")])
    assert found == ["INV/1: collected 2 times (pi_1, pi_2)"]


def test_an_invoice_that_two_providers_collected_is_a_difference():
    found = differences([booking()], [entry()], [booking(intent="demo-1")])
    assert found == ["INV/1: collected 2 times (pi_1, demo-1)"]


def test_a_payment_that_settles_nothing_is_a_difference():
    found = differences([booking(reconciled=Decimal())], [entry()])
    assert found == ["INV/1 (pi_1): 10.00 USD booked, 0 reconciled with it"]


def test_a_payment_of_another_provider_must_settle_its_invoice_too():
    other = booking(intent="demo-1", reconciled=Decimal())
    assert len(differences([], [], [other])) == 1


def test_a_payment_of_another_provider_needs_no_ledger():
    agreement = compare([], [], [booking(intent="demo-1")])
    assert agreement.differences == []
    assert agreement.others == {"USD": Decimal("10.00")}


def test_a_debit_under_way_agrees_while_the_books_wait_too():
    agreement = compare([booking(state="pending")], [entry("submitted")])
    assert agreement.differences == []
    assert agreement.charges == 0


def test_a_settled_debit_must_be_booked():
    entries = [entry("submitted"), entry("settled")]
    assert differences([booking()], entries) == []
    assert len(differences([booking(state="pending")], entries)) == 2


def test_a_returned_debit_must_not_be_booked():
    entries = [entry("submitted"), entry("failed")]
    assert differences([], entries) == []
    assert len(differences([booking()], entries)) == 1


@pytest.mark.parametrize(
    ("minor", "currency", "major"),
    [(1234, "usd", "12.34"), (1234, "jpy", "1234"), (1234, "kwd", "1.234")],
)
def test_minor_units_follow_the_currency(minor, currency, major):
    assert to_major(minor, currency) == Decimal(major)


def test_every_currency_has_a_total_of_its_own():
    bookings = [
        booking(),
        booking("500", intent="pi_2", invoice="INV/2", currency="JPY"),
    ]
    entries = [entry(), entry(intent="pi_2", amount=500, currency="jpy")]
    totals = compare(bookings, entries).totals
    assert {code: total.charged for code, total in totals.items()} == {
        "JPY": Decimal(500),
        "USD": Decimal("10.00"),
    }
