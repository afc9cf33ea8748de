"""Runs a state machine so that a failure can be had again.

A failing test prints the line ``@reproduce_failure(VERSION, BLOB)``. The same story is
told again, and nothing else, with AUTOPAY_REPLAY=VERSION:BLOB in the environment.
"""

import os

from hypothesis import HealthCheck, Phase, reproduce_failure, settings
from hypothesis.stateful import run_state_machine_as_test

VARIABLE = "AUTOPAY_REPLAY"


def make_settings(stories, steps, **more):
    """Return settings for stories that are the same on every machine.

    :param stories: how many
    :param steps: how long each is at most
    """
    return settings(
        max_examples=stories,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        **{"phases": [Phase.generate], **more},
    )


def run_machine(make_machine, story_settings):
    """Run random stories, or the one that the environment names.

    :param make_machine: a state machine class, or a function that returns a machine
    :raises AssertionError: what the machine found
    """
    version, _colon, blob = os.environ.get(VARIABLE, "").partition(":")
    if blob:
        make_machine = as_function(make_machine)
        reproduce_failure(version, blob.encode())(make_machine)
    run_state_machine_as_test(make_machine, settings=story_settings)


def as_function(make_machine):
    """Return a function of its own, which Hypothesis can put a mark on."""

    def make():
        return make_machine()

    return make
