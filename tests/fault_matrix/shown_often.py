"""Tests that show the outcome of faults at several places."""

from tests.fault_matrix.row import in_addon

LOST_ANSWERS = in_addon(
    "autopay_stage", "test_lost_answers_never_charge_twice_and_never_lose_a_charge"
)
NO_MAIL_TO_CUSTOMERS = "nothing is written to customers yet, staff are told"
