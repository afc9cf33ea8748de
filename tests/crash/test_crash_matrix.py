"""Every boundary of the stages x every fault of the network x with and without events.

A story is one database: at one boundary the process is killed, and each customer meets
a fault of its own. It is told once, and each test looks at what became of one customer.
"""

import contextlib

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.conftest import new_world
from tests.crash.test_crash_network import CHARGE, CLOSE, PREPARE
from tests.crash.world import at

# The places of death: model, method, before it or after it (not committed), and in
# which of the calls. The first invoice of a provider goes alone, the others follow.
BOUNDARIES = {
    "run started": ("autopay.run", "_start", "kill_after", 1),
    "first invoice in hand": ("autopay.run", "_take_in_hand", "kill_after", 1),
    "others in hand": ("autopay.run", "_take_in_hand", "kill_after", 2),
    "first reserve not committed": ("autopay.engine", "_reserve", "kill_after", 1),
    "reserve not committed": ("autopay.engine", "_reserve", "kill_after", 2),
    "first reserve committed": ("autopay.engine", "_prepare", "kill_before", 1),
    "reserve committed": ("autopay.engine", "_prepare", "kill_before", 2),
    "prepare answered": ("autopay.engine", "_record_prepared", "kill_before", 2),
    "prepare not committed": ("autopay.engine", "_record_prepared", "kill_after", 2),
    "prepare committed": ("autopay.engine", "_gate", "kill_before", 2),
    "gate not committed": ("autopay.engine", "_open_gate", "kill_after", 2),
    "gate committed": ("autopay.engine", "_charge", "kill_before", 2),
    "first charge answered": ("autopay.engine", "_record_charged", "kill_before", 1),
    "charge answered": ("autopay.engine", "_record_charged", "kill_before", 2),
    "record not committed": ("autopay.engine", "_record_charged", "kill_after", 2),
    "record committed": ("autopay.engine", "_settle", "kill_before", 2),
    "closing answered": ("autopay.engine", "_record_withdrawn", "kill_before", 1),
    "closing not committed": ("autopay.engine", "_record_withdrawn", "kill_after", 1),
    "closing committed": ("autopay.booking", "_book", "kill_before", 2),
    "book not committed": ("autopay.booking", "_book", "kill_after", 2),
    "book committed": ("autopay.notification", "_notify", "kill_before", 2),
    "notify not committed": ("autopay.notification", "_notify", "kill_after", 2),
    "notify committed": ("autopay.run", "_finish", "kill_before", 1),
    "run closed": ("autopay.run", "_finish", "kill_after", 1),
}
# Deaths of the job that mends, after the charging one died at a boundary.
MENDING_BOUNDARIES = {
    "doubt not committed": (
        "gate committed",
        ("autopay.resolver", "_mark_unknown", "kill_after", 1),
    ),
    "read answered": (
        "charge answered",
        ("autopay.resolver", "_record_read", "kill_before", 1),
    ),
    "read not committed": (
        "charge answered",
        ("autopay.resolver", "_record_read", "kill_after", 1),
    ),
    "read committed": (
        "charge answered",
        ("autopay.resolver", "_withdraw_open", "kill_before", 1),
    ),
    "withdrawal answered": (
        "gate committed",
        ("autopay.resolver", "_record_withdrawn", "kill_before", 1),
    ),
    "withdrawal not committed": (
        "gate committed",
        ("autopay.resolver", "_record_withdrawn", "kill_after", 1),
    ),
    "mended, book not committed": (
        "charge answered",
        ("autopay.booking", "_book", "kill_after", 1),
    ),
    "mended, book committed": (
        "charge answered",
        ("autopay.notification", "_notify", "kill_before", 1),
    ),
}
# Only with events is there anything to process.
EVENT_BOUNDARIES = {
    "events not committed": (
        "charge answered",
        ("autopay.event.handler", "_take_in", "kill_after", 1),
    ),
    "events committed": (
        "charge answered",
        ("autopay.event.handler", "_process_batch", "kill_after", 1),
    ),
}
MENDING = {**MENDING_BOUNDARIES, **EVENT_BOUNDARIES}

READ = {"method": "GET", "path": "/v1/payment_intents/*"}
# Invoice that meets the fault: fault, requests, how many of them in a row (the SDK
# repeats what moves no money), status in the end.
FAULTS = {
    "no fault": ("card-2", None, None, 0, "success"),
    "prepare lost": ("crowd0-1", "reset_before", PREPARE, 2, "success"),
    "prepare unanswered": ("crowd1-1", "reset_after", PREPARE, 2, "success"),
    "prepare fails after all": ("crowd2-1", "error_500_after", PREPARE, 2, "success"),
    "charge lost": ("crowd3-1", "reset_before", CHARGE, 1, "success"),
    "charge unanswered": ("crowd4-1", "reset_after", CHARGE, 1, "success"),
    "charge not executed, 500": ("crowd5-1", "error_500_before", CHARGE, 1, "success"),
    "charge executed, 500": ("crowd6-1", "error_500_after", CHARGE, 1, "success"),
    "charge executed, 502": ("crowd7-1", "html_502_after", CHARGE, 1, "success"),
    "charge cut off": ("crowd8-1", "truncate", CHARGE, 1, "success"),
    "charge busy, 409": ("crowd9-1", "conflict_409", CHARGE, 1, "success"),
    "charge too fast, 429": ("other-1", "rate_limit_429", CHARGE, 4, "success"),
    "decline, closing unanswered": ("declining-1", "reset_after", CLOSE, 2, "error"),
    "debit unanswered": ("debit-1", "garbage", CHARGE, 1, "in_progress"),
    "reading fails": ("crowd4-2", "error_500_before", READ, 2, "success"),
}
OUTCOMES = {"card-1": "success", **{row[0]: row[4] for row in FAULTS.values()}}

EVERY_DAY = {
    ("gate committed", "without events"),
    ("charge answered", "with events"),
    ("book not committed", "with events"),
}
WAYS = ("without events", "with events")
STORIES = [
    pytest.param(
        (boundary, way),
        id=f"{boundary}, {way}",
        marks=() if (boundary, way) in EVERY_DAY else pytest.mark.full,
    )
    for boundary in (*BOUNDARIES, *MENDING)
    for way in (WAYS[1:] if boundary in EVENT_BOUNDARIES else WAYS)
]


@pytest.fixture(scope="module")
def story(request, simulator, processes):
    """The state of database and provider after a story."""
    boundary, way = request.param
    with new_world(simulator, processes) as world:
        world.make_due(*OUTCOMES)
        add_faults(world)
        with world.webhooks() if way == "with events" else contextlib.nullcontext():
            tell(world, boundary)
            return world.converge()


def tell(world, boundary):
    """Kill the charging job at a boundary, and then perhaps the one that mends."""
    first, then = MENDING.get(boundary, (boundary, None))
    *where, nth = BOUNDARIES[first]
    world.crash("charge", at(*where, nth=nth))
    if then:
        *where, nth = then
        world.admin.wait_for_deliveries()
        world.let_time_pass()
        world.crash("resolve", at(*where, nth=nth))


def add_faults(world):
    rows = world.sql(
        "SELECT move.ref, token.provider_ref FROM account_move move"
        " JOIN payment_token token ON token.partner_id = move.commercial_partner_id"
        " WHERE move.ref = ANY(%s)",
        list(OUTCOMES),
    )
    customers = {row["ref"]: row["provider_ref"] for row in rows}
    for ref, kind, request, times, _status in FAULTS.values():
        if kind:
            customer = customers[ref]
            world.admin.add_fault(kind, customer=customer, times=times, **request)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("story", STORIES, indirect=True)
def test_nobody_pays_twice_after_a_kill_at(story, fault):
    ref, *_fault, status = FAULTS[fault]

    assert_consistent(story, {ref: status})
