"""The engine's own decisions, on books in memory: random stories by the thousand."""

import logging
import re

import pytest
from hypothesis import __version__ as hypothesis_version

from odoo.addons.autopay import const
from odoo.addons.autopay.gateways import base
from odoo.addons.autopay.gateways.stripe import outcomes

from tests.model.books import Attempts
from tests.model.machine import CollectingInvoices
from tests.model.pocket_engine import PocketEngine
from tests.model.replay import VARIABLE, make_settings, run_machine

STEPS = 15
MUTANT_STORIES = make_settings(400, STEPS)


@pytest.fixture(autouse=True)
def _quiet():
    """Thousands of refused transitions are not worth a line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(
    "stories", [1000, pytest.param(10_000, marks=pytest.mark.full)]
)
def test_nobody_pays_twice_and_nothing_is_lost_whatever_happens(stories):
    run_machine(CollectingInvoices, make_settings(stories, STEPS))


# Rules that are broken on purpose: object, key or attribute, value.
BROKEN_TABLES = {
    "a charge in doubt never succeeds": (
        *(const.attempt.ATTEMPT_TRANSITIONS, "succeeded"),
        ("charging", "pending", "action_required"),
    ),
    "a dead process leaves nothing in doubt": (
        *(const.attempt.ATTEMPT_TRANSITIONS, "unknown"),
        ("pending", "action_required"),
    ),
    "a decline counts as closed": (
        const.attempt.OUTCOME_STATES,
        "declined",
        "canceled",
    ),
    "a lost answer counts as success": (
        const.attempt.OUTCOME_STATES,
        "unknown",
        "succeeded",
    ),
    "a debit under way counts as closed": (
        *(outcomes.STATUSES, "processing"),
        base.CANCELED,
    ),
    "nobody closes what was refused": (Attempts.defaults, "provider_closed", True),
}
BROKEN_METHODS = {
    "all requests go under one key": (
        *(PocketEngine, "_get_key"),
        lambda self, transaction, step: "key",
    ),
    "an invoice in progress is charged again": (
        *(PocketEngine, "_is_due"),
        lambda self, move, today: bool(move.residual),
    ),
    "refused attempts are not closed": (
        *(PocketEngine, "_close_refused"),
        lambda self, ctx, attempts: attempts.write({"provider_closed": True}),
    ),
}


@pytest.mark.parametrize("name", BROKEN_TABLES)
def test_stories_find_out_when(name, monkeypatch):
    table, key, value = BROKEN_TABLES[name]
    monkeypatch.setitem(table, key, value)

    with pytest.raises(AssertionError):
        run_machine(CollectingInvoices, MUTANT_STORIES)


@pytest.mark.parametrize("name", BROKEN_METHODS)
def test_stories_find_out_that(name, monkeypatch):
    monkeypatch.setattr(*BROKEN_METHODS[name])

    with pytest.raises(AssertionError):
        run_machine(CollectingInvoices, MUTANT_STORIES)


def test_failure_comes_again_from_the_line_that_was_printed(monkeypatch, capsys):
    monkeypatch.setitem(const.attempt.ATTEMPT_TRANSITIONS, "unknown", ())
    with pytest.raises(AssertionError) as first:
        run_machine(CollectingInvoices, MUTANT_STORIES)
    notes = "\n".join(first.value.__notes__)
    blob = re.search(r"@reproduce_failure\('[\d.]+', b'([^']+)'\)", notes)[1]
    monkeypatch.setenv(VARIABLE, f"{hypothesis_version}:{blob}")

    with pytest.raises(AssertionError) as second:
        run_machine(CollectingInvoices, make_settings(1, STEPS))

    assert str(second.value) == str(first.value)
