"""The shape of a row of the fault matrix, and the mark of the tests that show it."""

from dataclasses import dataclass

POINTS = {
    "T": "trigger",
    "S": "select",
    "R": "reserve",
    "C": "create",
    "G": "gate",
    "X": "confirm",
    "W": "record",
    "B": "book",
    "M": "tell",
    "K": "resolve",
    "H": "webhook",
    "J": "scheduler",
    "U": "people",
    "V": "save",
}

NO_MAIL_TO_CUSTOMERS = "nothing is written to customers yet, staff are told"


@dataclass(frozen=True)
class Row:
    """One fault; tests name the rows that they show with ``fault``.

    :param point: where it strikes, a key of ``POINTS``
    :param left_out: what of the outcome no test shows, and why
    """

    number: int
    point: str
    fault: str
    outcome: str
    left_out: str = ""


def fault(_row, *_cases):
    """Mark a test as one that shows what becomes of a fault.

    The marks are read from the source, see ``tools/fault_matrix.py``.

    :param int _row: the number of the row
    :param str _cases: the cases of the test that show it; all of them by default
    """
    return lambda test: test
