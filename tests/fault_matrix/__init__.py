"""The fault matrix: what can go wrong where, what has to come of it, what shows it."""

from tests.fault_matrix import (
    after_charge,
    before_charge,
    charge,
    collecting,
    outside,
    saving,
)
from tests.fault_matrix.row import POINTS, Row

ROWS = (
    *before_charge.ROWS,
    *charge.ROWS,
    *after_charge.ROWS,
    *outside.ROWS,
    *saving.ROWS,
    *collecting.ROWS,
)

__all__ = ["POINTS", "ROWS", "Row"]
