"""Interferes with the engine from outside, at a given place.

The engine's own code knows nothing of it: methods of the model's class are wrapped in
the process under test. Each function here makes a wrapper, which is called with the
recordset, the original method and its arguments.
"""

import contextlib
import functools
import itertools
import os
import signal
import time
from pathlib import Path

import psycopg2
import psycopg2.errors

# Seconds after which a method goes on, whatever becomes of the others.
LONGEST_WAIT = 60


def wrap(model_class, method, wrapper):
    """Replace a method of a model's class in this process."""
    original = getattr(model_class, method)

    @functools.wraps(original)
    def wrapped(records, *args, **kwargs):
        return wrapper(records, original, *args, **kwargs)

    setattr(model_class, method, wrapped)


def kill_before(nth=1):
    """Kill this process when the method is called for the nth time."""
    calls = itertools.count(1)

    def wrapper(records, original, *args, **kwargs):
        if next(calls) == nth:
            kill_self()
        return original(records, *args, **kwargs)

    return wrapper


def kill_after(nth=1):
    """Kill this process when the method has done its work for the nth time.

    What the method changed is in the database then, but not committed.
    """
    calls = itertools.count(1)

    def wrapper(records, original, *args, **kwargs):
        result = original(records, *args, **kwargs)
        if next(calls) == nth:
            records.env.flush_all()
            kill_self()
        return result

    return wrapper


def kill_on(ref):
    """Kill this process whenever it works on the invoice with that reference.

    For methods whose first argument is invoices.
    """

    def wrapper(records, original, moves, *args, **kwargs):
        if ref in moves.mapped("ref"):
            kill_self()
        return original(records, moves, *args, **kwargs)

    return wrapper


def change_rows_before(table, times):
    """Have another session change all rows of a table, the first times it is called.

    The method's database transaction has begun: it does not see the change, and
    PostgreSQL refuses what it does to these rows.
    """
    calls = itertools.count(1)

    def wrapper(records, original, *args, **kwargs):
        if next(calls) <= times:
            records.env.cr.execute("SELECT 1")
            with session(records) as cursor:
                cursor.execute(f"UPDATE {table} SET write_date = write_date")
        return original(records, *args, **kwargs)

    return wrapper


def conflict_after():
    """Fail once the method has returned, as PostgreSQL does when others were faster."""

    def wrapper(records, original, *args, **kwargs):
        original(records, *args, **kwargs)
        raise psycopg2.errors.SerializationFailure("could not serialize access")

    return wrapper


def lock_rows_during(table):
    """Have another session hold all rows of a table while the method works."""

    def wrapper(records, original, *args, **kwargs):
        with session(records) as cursor:
            cursor.execute(f"SELECT FROM {table} FOR UPDATE")
            return original(records, *args, **kwargs)

    return wrapper


def wait_before(started, until):
    """Say that the method is called, and wait until somebody lets it go on.

    :param started: a file that is made then
    :param until: a file that is waited for
    """

    def wrapper(records, original, *args, **kwargs):
        _wait(started, until)
        return original(records, *args, **kwargs)

    return wrapper


def wait_after(started, until):
    """The same once the method has worked: what it changed is not committed yet."""

    def wrapper(records, original, *args, **kwargs):
        result = original(records, *args, **kwargs)
        records.env.flush_all()
        _wait(started, until)
        return result

    return wrapper


def _wait(started, until):
    if Path(started).exists():
        return
    Path(started).touch()
    deadline = time.monotonic() + LONGEST_WAIT
    while not Path(until).exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def count_calls(path):
    """Write a line to a file whenever the method is called."""

    def wrapper(records, original, *args, **kwargs):
        with open(path, "a", encoding="utf-8") as log:
            log.write(f"{records}\n")
        return original(records, *args, **kwargs)

    return wrapper


@contextlib.contextmanager
def session(records):
    """Give a cursor of another session; committed at the end."""
    connection = psycopg2.connect(dbname=records.env.cr.dbname)
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def kill_self():
    os.kill(os.getpid(), signal.SIGKILL)
