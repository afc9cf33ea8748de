"""The shape of a row of the fault matrix, and the paths of the tests it names."""

from dataclasses import dataclass

from tools.environment import ROOT

POINTS = {
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
}


@dataclass(frozen=True)
class Row:
    """One fault.

    :param point: where it strikes, a key of ``POINTS``
    :param tests: what shows the outcome, as ``path::test`` or ``path::test[case]``
    :param left_out: what of the outcome no test shows, and why
    """

    number: int
    point: str
    fault: str
    outcome: str
    tests: tuple[str, ...] = ()
    left_out: str = ""


def in_file(path, *names):
    """Return tests of a file."""
    return tuple(f"{path}::{name}" for name in names)


def in_addon(stem, *names):
    """Return tests of the add-on, of the file that bears this name in any room."""
    path = next(ROOT.glob(f"autopay/tests/*/test_{stem}.py"), None)
    return in_file(path.relative_to(ROOT).as_posix() if path else stem, *names)


def in_crash(stem, *names):
    """Return tests that kill processes, of the file that bears this name."""
    return in_file(f"tests/crash/test_{stem}.py", *names)


def killed_at(*points):
    """Return the cases in which the charging process dies at these points."""
    name = "test_next_run_converges_after_a_kill_at"
    return in_crash("crash_points", *(f"{name}[{point}]" for point in points))


def killed_during(*waits):
    """Return the cases in which it dies while it waits for the provider."""
    name = "test_next_run_converges_after_a_kill_during"
    return in_crash("crash_network", *(f"{name}[{wait}]" for wait in waits))


def resolver_killed_at(*pairs):
    """Return the cases in which the mending process dies as well."""
    name = "test_next_run_converges_when_the_resolver_dies_too"
    return in_crash("crash_resolver", *(f"{name}[{pair}]" for pair in pairs))


def provider_down(*outages):
    """Return the cases in which the provider goes down."""
    name = "test_nobody_is_charged_twice_when_the_provider_goes_down"
    return in_crash("outages", *(f"{name}[{outage}]" for outage in outages))
