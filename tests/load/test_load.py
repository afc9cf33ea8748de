"""2,000 due invoices, every fifth customer with a fault, two workers at once."""

import itertools
import time
from collections import Counter

import pytest

from tests.crash.checker import assert_consistent

CUSTOMERS = 200
INVOICES = 10  # of each customer
# Every fifth customer: its requests meet one of these, or its card is refused.
FAULTS = ["reset_before", "reset_after", "html_502_before", "html_502_after"]
FAULTS += ["conflict_409", "rate_limit_429", "lock_timeout_429", "error_500_before"]
FAULTS += ["error_500_after", "truncate", "garbage", "drip", "delay_before"]
PATIENCE = 1200  # seconds for one run over half of the invoices
SECONDS = 0.5  # of a fault that takes time
MOST_ROUNDS = 40
# Of what a process had at most after half of the work.
GROWTH = 1.1


@pytest.mark.full
def test_two_workers_collect_two_thousand_invoices_to_the_cent(world, capsys):
    refs = make_customers(world)
    add_faults(world)
    with world.start() as one, world.start() as other:
        workers = (one, other)
        for worker in workers:
            worker.be_patient(PATIENCE)
        seconds, half = work(world, workers, refs[::2])
        more_seconds, peak = work(world, workers, refs[1::2])
        state = converge(world, one)
    report = describe(state, seconds + more_seconds, peak)

    with capsys.disabled():
        print(f"\n{report}")  # noqa: T201 - the figures are what one runs it for
    assert_consistent(state, {ref: outcome_of(ref) for ref in refs})
    assert get_total(state.ledger, "amount") == get_booked(state)
    assert not [row for row in state.attempts if row["live"] and not row["watched"]]
    assert peak <= half * GROWTH, f"{half} kB after half of the work, {peak} after all"


def make_customers(world):
    """Create the customers and their invoices; return the invoices' references."""
    with world.start() as process:
        for start in range(0, CUSTOMERS, 20):
            process.call("make_customers", numbers=range_of(start), invoices=INVOICES)
    numbers = itertools.product(range(CUSTOMERS), range(1, INVOICES + 1))
    return [f"load{customer}-{place}" for customer, place in numbers]


def range_of(start):
    return list(range(start, start + 20))


def is_faulty(customer):
    return customer % 5 == 0


def outcome_of(ref):
    """Return what becomes of an invoice: the scenery refuses one customer in 50."""
    customer = int(ref.removeprefix("load").split("-")[0])
    return "error" if customer % 50 == 0 else "success"


def add_faults(world):
    """Let requests of faulty customers meet faults of all kinds, in turns."""
    rows = world.sql(
        "SELECT partner.name, token.provider_ref FROM payment_token token"
        " JOIN res_partner partner ON partner.id = token.partner_id"
        " WHERE partner.name LIKE 'load%' ORDER BY partner.id"
    )
    kinds = itertools.cycle(FAULTS)
    for row in rows:
        if is_faulty(int(row["name"].removeprefix("load"))):
            world.admin.add_fault(
                next(kinds),
                path="/v1/payment_intents*",
                customer=row["provider_ref"],
                times=INVOICES,
                seconds=SECONDS,
            )


def work(world, workers, refs):
    """Charge invoices with both workers at once; return seconds and peak memory.

    :return: (seconds until both are done, kilobytes of the larger one)
    """
    world.make_due(*refs)
    start = time.monotonic()
    for worker in workers:
        worker.begin("charge_directly")
    for worker in workers:
        worker.end()
    seconds = time.monotonic() - start
    return seconds, max(worker.call("measure_memory") for worker in workers)


def converge(world, process):
    """Run both jobs until no attempt is open; faults are used up on the way."""
    for _round in range(MOST_ROUNDS):
        world.run_round(process)
        waiting = world.sql(
            "SELECT count(*) AS count FROM account_move WHERE ref LIKE 'load%'"
            " AND autopay_status IN ('eligible', 'in_progress')"
        )
        if not waiting[0]["count"]:
            break
    return world.converge()


def get_total(rows, name):
    return sum(row[name] for row in rows)


def get_booked(state):
    """Return what is booked, in minor units."""
    return round(get_total(state.payments, "amount") * 100)


def describe(state, seconds, peak):
    states = Counter(row["state"] for row in state.attempts)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(states.items()))
    return (
        f"load: {len(state.invoices)} invoices, {len(state.attempts)} attempts "
        f"({counts}), {seconds:.0f} s, {peak // 1024} MB at most, "
        f"{get_booked(state) / 100:.2f} collected and booked"
    )
