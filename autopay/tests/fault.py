"""The mark of tests that show what becomes of a fault of docs/fault-matrix.md."""


def fault(_row, *_cases):
    """Mark a test as one that shows what becomes of a fault.

    :param int _row: the number of the row
    :param str _cases: the cases of the test that show it; all of them by default
    """
    return lambda test: test
