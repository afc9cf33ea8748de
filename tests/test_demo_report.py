"""The output of bin/demo, from rows that were made up."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tools.demo import report
from tools.demo.agreement import Agreement, Total
from tools.demo.cast import read_cast


@dataclass(frozen=True)
class Row:
    invoice: str = "INV/2026/00001"
    customer: str = "Moonbeam Bottling Works"
    amount: Decimal = Decimal("12.50")
    currency: str = "USD"
    method: str = "Visa 4242"
    outcome: str = "charged"
    reason: str = "paid"
    why: str = "PBNK1/2026/00001"


ROWS = [
    Row(),
    Row(amount=Decimal("1000000.00"), outcome="failed", reason="lost card"),
    Row(amount=Decimal("980"), currency="JPY", outcome="skipped", reason="On hold"),
    Row(customer="A name that nobody can be asked to read", why="reason " * 20),
]


def test_no_line_is_longer_than_a_terminal():
    lines = report.format_table(ROWS).splitlines()
    assert max(map(len, lines)) <= report.WIDTH == 120


def test_amounts_end_in_one_column():
    head, _rule, *lines = report.format_table(ROWS).splitlines()
    end = head.index("Amount") + len("Amount")
    assert [line[:end].split()[-1] for line in lines] == ["USD", "USD", "JPY", "USD"]
    assert lines[1][:end].endswith("1,000,000.00 USD")


def test_columns_begin_under_their_titles():
    head, _rule, *lines = report.format_table(ROWS).splitlines()
    start = head.index("Outcome")
    assert [line[start:].split()[0] for line in lines] == [
        "charged",
        "failed",
        "skipped",
        "charged",
    ]


def test_the_legend_counts_outcomes_by_reason():
    legend = report.format_legend([*ROWS, ROWS[1]]).splitlines()
    assert [line.split()[:2] for line in legend] == [
        ["charged", "2"],
        ["failed", "2"],
        ["skipped", "1"],
    ]
    assert legend[1].endswith("lost card 2")


def test_a_long_legend_goes_on_below():
    rows = [Row(outcome="failed", reason=f"reason number {n}") for n in range(20)]
    lines = report.format_legend(rows).splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= report.WIDTH


@pytest.mark.parametrize("colourful", [True, False])
def test_colours_are_for_those_who_can_see_them(colourful):
    assert ("\033[" in report.format_table(ROWS, colourful)) is colourful


def test_totals_show_both_sides():
    total = Total(booked=Decimal("1234.50"), charged=Decimal("1234.51"))
    line = report.format_totals(Agreement(totals={"USD": total})).splitlines()[1]
    assert line.split() == ["USD", "1,234.50", "1,234.51", "-", "-", "no"]


def test_all_is_well_when_nothing_differs_and_nothing_is_open():
    assert report.is_fine(Agreement(), ROWS)
    assert "agree" in report.format_verdict(Agreement(), ROWS)


def test_a_difference_is_printed_and_not_fine():
    agreement = Agreement(differences=["INV/1 (pi_1): charged 2 times"])
    assert not report.is_fine(agreement, ROWS)
    assert "charged 2 times" in report.format_verdict(agreement, ROWS)


def test_an_invoice_that_nobody_can_explain_is_printed_and_not_fine():
    rows = [*ROWS, Row(invoice="INV/2026/00009", outcome="open", why="never asked")]
    assert not report.is_fine(Agreement(), rows)
    assert "INV/2026/00009: never asked" in report.format_verdict(Agreement(), rows)


def test_the_cast_is_40_customers_with_120_invoices():
    cast = read_cast()
    assert len({customer.name for customer in cast}) == 40
    assert sum(len(customer.invoices) for customer in cast) == 120


def test_the_cast_pays_in_currencies_with_none_two_and_three_decimals():
    currencies = {bill.currency for row in read_cast() for bill in row.invoices}
    assert currencies == {"USD", "EUR", "GBP", "JPY", "KWD"}
