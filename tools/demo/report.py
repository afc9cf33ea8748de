"""The output of bin/demo: the table, its legend, the totals and the verdict."""

import os
import sys
from collections import Counter, defaultdict

WIDTH = 120
GAP = "  "
# title, attribute of a Row, width; the last column takes what is left.
COLUMNS = (
    ("Invoice", "invoice", 14),
    ("Customer", "customer", 23),
    ("Amount", "amount", 17),
    ("Method", "method", 15),
    ("Outcome", "outcome", 7),
    ("Why", "why", 34),
)
COLOURS = {
    "charged": "32",
    "pending": "36",
    "waiting": "33",
    "failed": "31",
    "skipped": "2",
    "open": "1;35",
    "title": "1",
}


def is_colourful(stream=None):
    """Return whether the output is a terminal of somebody who likes colours."""
    stream = stream or sys.stdout
    return stream.isatty() and "NO_COLOR" not in os.environ


def paint(text, name, colourful):
    """Return the text in the colour of that name, or as it is."""
    code = colourful and COLOURS.get(name)
    return f"\033[{code}m{text}\033[0m" if code else text


def format_table(rows, colourful=False):
    """Return what became of every invoice, as a table."""
    head = GAP.join(
        _fit(title, attribute, width) for title, attribute, width in COLUMNS
    )
    lines = [paint(head.rstrip(), "title", colourful), "-" * WIDTH]
    for row in rows:
        cells = (
            _format_cell(row, attribute, width, colourful)
            for _title, attribute, width in COLUMNS
        )
        lines.append(GAP.join(cells).rstrip())
    return "\n".join(lines)


def _format_cell(row, attribute, width, colourful):
    text = getattr(row, attribute)
    if attribute == "amount":
        text = format_money(row.amount, row.currency)
    cell = _fit(text, attribute, width)
    return paint(cell, row.outcome, colourful) if attribute == "outcome" else cell


def _fit(text, attribute, width):
    short = text if len(text) <= width else f"{text[: width - 2]}.."
    return short.rjust(width) if attribute == "amount" else short.ljust(width)


def format_money(amount, currency=""):
    """Return a Decimal in major units with its thousands set apart."""
    return f"{amount:,} {currency}".rstrip()


# === LEGEND === #


def format_legend(rows, colourful=False):
    """Return how many invoices came to what, and why."""
    reasons = defaultdict(Counter)
    for row in rows:
        reasons[row.outcome][row.reason] += 1
    lines = []
    for outcome in COLOURS:
        if outcome in reasons:
            lines += _format_outcome(outcome, reasons[outcome], colourful)
    return "\n".join(lines)


def _format_outcome(outcome, counts, colourful):
    words = [f"{reason} {count}" for reason, count in counts.most_common()]
    lines = _wrap(words, WIDTH - 13)
    head = f"{outcome:<7}{sum(counts.values()):>4}{GAP}"
    first = paint(head, outcome, colourful) + lines[0]
    return [first, *(" " * 13 + line for line in lines[1:])]


def _wrap(words, width):
    """Return the words, separated by commas, in lines that are not longer."""
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]}, {word}"
        if len(longer) < width:
            lines[-1] = longer
        else:
            lines[-1] += ","
            lines.append(word)
    return lines


# === TOTALS === #


def format_totals(agreement, colourful=False):
    """Return the sums of each currency, in the books and in the ledger."""
    titles = ("charged: books", "ledger", "pending: books", "ledger")
    head = f"{'Currency':<10}" + "".join(f"{title:>18}" for title in titles)
    lines = [paint(f"{head}{GAP}agree", "title", colourful)]
    for currency, total in agreement.totals.items():
        sums = (total.booked, total.charged, total.books_pending, total.ledger_pending)
        cells = "".join(f"{format_money(sum_) if sum_ else '-':>18}" for sum_ in sums)
        verdict = ("no", "failed") if not total.agrees else ("yes", "charged")
        lines.append(f"{currency:<10}{cells}{GAP}{paint(*verdict, colourful)}")
    return "\n".join([*lines, *_format_others(agreement)])


def _format_others(agreement):
    """Return what was booked for providers that have no ledger to compare with."""
    sums = [
        format_money(total, code) for code, total in agreement.others.items() if total
    ]
    return [f"Booked for providers without a ledger: {', '.join(sums)}"] if sums else []


def format_verdict(agreement, rows, colourful=False):
    """Return in words whether the books and the ledger agree and nothing is open."""
    lines = [
        paint(text, "failed", colourful) for text in _get_complaints(agreement, rows)
    ]
    if lines:
        return "\n".join(lines)
    words = (
        f"The books agree with the ledger to the cent: {agreement.charges} charges, "
        "each booked and reconciled once. Nothing is left unexplained."
    )
    return paint(words, "charged", colourful)


def is_fine(agreement, rows):
    """Return whether the books and the ledger agree and nothing is open."""
    return not _get_complaints(agreement, rows)


def _get_complaints(agreement, rows):
    complaints = [f"DIFFERENCE  {text}" for text in agreement.differences]
    for row in rows:
        if row.outcome == "open":
            complaints.append(f"UNEXPLAINED {row.invoice}: {row.why}")
    return complaints
