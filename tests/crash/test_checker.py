"""The checker sees what is wrong: each rule is broken once, by one change."""

from dataclasses import replace

import pytest

from tests.crash import checker
from tests.crash.state import State

TAGS = {"autopay_tx": "INV/1-AP1"}
ATTEMPT = {
    "id": 1,
    "name": "AP1",
    "state": "succeeded",
    "amount": 100,
    "amount_minor": 10000,
    "currency": "usd",
    "object_ref": "pi_1",
    "watched": False,
    "mismatch": None,
    "live": False,
    "invoice": "card-1",
    "tx_id": 1,
    "reference": "INV/1-AP1",
    "tx_state": "done",
    "provider": "stripe",
    "provider_reference": "pi_1",
    "payment_id": 1,
    "is_post_processed": True,
}
PAYMENT = {
    "id": 1,
    "amount": 100,
    "currency": "usd",
    "tx_id": 1,
    "move_state": "posted",
    "is_reconciled": True,
}
INVOICE = {
    "id": 1,
    "ref": "card-1",
    "state": "posted",
    "amount_residual": 0,
    "amount_total": 100,
    "paid_otherwise": 0,
    "autopay_status": "success",
}
CHARGE = {
    "kind": "charge",
    "payment_intent": "pi_1",
    "amount": 10000,
    "currency": "usd",
    "metadata": TAGS,
}
INTENT = {"id": "pi_1", "status": "succeeded", "amount": 10000, "metadata": TAGS}
RUN = {"id": 1, "name": "APR1", "state": "done"}
MESSAGE = {"id": 1, "invoice": "card-1", "body": "<a>AP1</a> collected"}
ALARM = {"id": 1, "res_model": "autopay.run", "res_id": 1, "summary": "Stopped"}

REVERSAL = {
    "id": 1,
    "kind": "refund",
    "ref": "re_1",
    "state": "booked",
    "booked": 100,
    "attempt": "AP1",
    "reference": "INV/1-AP1",
}
EVENT = {"id": 1, "type": "refund.created", "state": "failed", "reason": "no answer"}

PAID = State(
    invoices=[INVOICE],
    attempts=[ATTEMPT],
    payments=[PAYMENT],
    runs=[RUN],
    activities=[ALARM],
    messages=[MESSAGE],
    ledger=[CHARGE],
    intents=[INTENT],
)

# rule: the rows that break it
BREACHES = {
    "charged_twice": {"ledger": [CHARGE, CHARGE]},
    "charges_without_attempt": {
        "ledger": [{**CHARGE, "metadata": {"autopay_tx": "INV/2-AP2"}}]
    },
    "attempts_against_ledger": {"ledger": []},
    "intents_left_open": {"intents": [{**INTENT, "status": "requires_confirmation"}]},
    "attempts_left_open": {"attempts": [{**ATTEMPT, "state": "charging"}]},
    "lines_left_live": {"attempts": [{**ATTEMPT, "live": True}]},
    "attempts_unwatched": {"attempts": [{**ATTEMPT, "watched": True}]},
    "attempts_with_mismatch": {"attempts": [{**ATTEMPT, "mismatch": True}]},
    "transactions_against_attempts": {"attempts": [{**ATTEMPT, "tx_state": "pending"}]},
    "payments_against_attempts": {"payments": [PAYMENT, PAYMENT]},
    "invoices_against_attempts": {
        "invoices": [{**INVOICE, "autopay_status": "in_progress"}]
    },
    "residuals_against_attempts": {"invoices": [{**INVOICE, "amount_residual": 1}]},
    "reversals_against_ledger": {"ledger": [CHARGE, {**CHARGE, "kind": "refund"}]},
    "events_left_over": {"events": [EVENT]},
    "runs_left_running": {"runs": [{**RUN, "state": "running"}]},
    "told_twice": {"messages": [MESSAGE, MESSAGE]},
    "never_told": {"messages": []},
}


def test_books_and_ledger_that_agree_pass():
    checker.assert_consistent(PAID, {"card-1": "success"})


def test_money_that_went_back_and_books_that_say_so_pass():
    back = replace(
        PAID,
        reversals=[REVERSAL],
        ledger=[CHARGE, {**CHARGE, "kind": "refund"}],
        invoices=[{**INVOICE, "amount_residual": 100}],
    )

    checker.assert_consistent(back, {"card-1": "success"})


@pytest.mark.parametrize("rule", [rule.__name__ for rule in checker.RULES])
def test_rule_sees_its_breach(rule):
    broken = replace(PAID, **BREACHES[rule])

    assert list(getattr(checker, rule)(broken))


@pytest.mark.parametrize(
    "rows",
    [
        {"payments": []},
        {"payments": [{**PAYMENT, "amount": 99}]},
        {"payments": [{**PAYMENT, "move_state": "draft"}]},
        {"payments": [{**PAYMENT, "is_reconciled": False}]},
        {"payments": [PAYMENT, {**PAYMENT, "tx_id": 2}]},
        {"ledger": [{**CHARGE, "amount": 9999}]},
        {"ledger": [{**CHARGE, "kind": "submitted"}]},
        {"invoices": [{**INVOICE, "amount_residual": 1}]},
        {"attempts": [{**ATTEMPT, "is_post_processed": False}]},
        {"attempts": [{**ATTEMPT, "provider_reference": None}]},
        {"reversals": [REVERSAL]},
        {"reversals": [{**REVERSAL, "booked": 0, "state": "open"}]},
        {"activities": [ALARM, {**ALARM, "res_id": 2}]},
    ],
    ids=str,
)
def test_books_that_differ_from_the_ledger_are_told(rows):
    with pytest.raises(AssertionError, match=r"(?s)^\w.*--- attempts"):
        checker.assert_consistent(replace(PAID, **rows), {})


def test_invoice_that_ended_otherwise_is_told():
    with pytest.raises(AssertionError, match="Invoice card-1 is success, should be"):
        checker.assert_consistent(PAID, {"card-1": "error"})
