"""Two processes charge invoices of one customer at once, beside one open credit."""

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.world import at, wait_for
from tests.fault_matrix.row import fault

# Five invoices of 10.00 to 10.04: what is open of them, in minor units.
REFS = [f"crowd0-{place}" for place in range(1, 6)]
OWED = 5010
APPLICATION = ("autopay.credit.application", "_apply_first")


def prepare(world, policy, amount):
    """Grant the customer a credit (major units), under a policy of the company."""
    with world.start() as process:
        process.call("act", deed="set_company", autopay_credit_policy=policy)
        process.call("act", deed="grant", customer="crowd0", amount=amount)


def count_taken(world):
    return sum(entry["amount"] for entry in world.read_ledger())


def count_open(world, move_type="out_invoice"):
    """Return what is open of the customer's invoices, in minor units."""
    [row] = world.sql(
        "SELECT round(sum(move.amount_residual) * 100)::int AS amount"
        "  FROM account_move move JOIN res_partner partner"
        "    ON partner.id = move.partner_id"
        " WHERE partner.name = 'crowd0' AND move.move_type = %s",
        move_type,
    )
    return row["amount"]


@pytest.mark.parametrize("wait", ["wait_before", "wait_after"])
@pytest.mark.parametrize("amount", [5.0, 25.0])
@fault(92)
def test_one_credit_is_applied_once_by_two_processes_at_once(
    world, wait, amount, tmp_path
):
    started, until = tmp_path / "started", tmp_path / "until"
    prepare(world, "apply", amount)
    world.make_due(*REFS[:3])
    files = {"started": str(started), "until": str(until)}
    with world.start() as one, world.start() as other:
        one.call("interfere", **at(*APPLICATION, wait, **files))
        one.begin("charge_directly")
        wait_for(started.exists, "the first process did not come to the credit")
        other.call("act", deed="charge_now", refs=REFS[3:])
        until.touch()
        one.end()
    world.make_due(*REFS[3:])
    state = world.converge()

    assert_consistent(state, {})
    assert count_taken(world) == OWED - amount * 100
    assert count_open(world, "out_refund") == 0
    assert count_open(world) == 0


# While a provider is asked no transaction is open; before the last look one is, which
# does not see what is posted meanwhile.
@pytest.mark.parametrize(
    ("method", "wait"), [("_send", "wait_after"), ("_gate", "wait_before")]
)
@fault(91)
def test_credit_that_is_posted_while_a_run_prepares_holds_what_is_not_charged(
    world, method, wait, tmp_path
):
    started, until = tmp_path / "started", tmp_path / "until"
    world.make_due(*REFS)
    files = {"started": str(started), "until": str(until)}
    with world.start() as one, world.start() as other:
        one.call("interfere", **at("autopay.engine", method, wait, **files))
        one.begin("charge_directly")
        wait_for(started.exists, "the run has asked no provider")
        other.call("act", deed="grant", customer="crowd0", amount=5.0)
        until.touch()
        one.end()

    assert count_taken(world) == 0
    assert {row["state"] for row in world.read_state().attempts} == {"canceled"}
