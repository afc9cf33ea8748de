"""Measures work in several databases in turn: queries, and CPU seconds."""

import cProfile
import gc
import pstats
import sys
import time
from collections import Counter
from unittest.mock import patch

WARM_UP = 2


def measure(work, desks, rounds, seconds):
    """Return {way: {"queries": int, "cpu": seconds}}, the least of the rounds.

    :param int rounds: how many at least
    :param float seconds: how long at least: of a few milliseconds of work it takes many
        rounds until one of them was not disturbed
    """
    for _number in range(WARM_UP):
        _take_turns(work, desks)
    # All that is there by now stays, and need not be looked through before each work.
    gc.collect()
    gc.freeze()
    turns, end = [], time.monotonic() + seconds
    while len(turns) < rounds or time.monotonic() < end:
        # None of the ways always comes first, or after the same other one.
        turns.append(_take_turns(work, desks, backwards=len(turns) % 2))
    costs = {way: _get_least([turn[way] for turn in turns]) for way in desks}
    _say(work, costs)
    return costs


def _take_turns(work, desks, backwards=False):
    """Do the work once in each of the databases; return {way: cost}."""
    ways = list(desks)
    order = ways[::-1] if backwards else ways
    return {way: _do(work, desks[way], work.count) for way in order}


def _get_least(costs):
    return {key: min(cost[key] for cost in costs) for key in ("queries", "cpu")}


def count_growth(work, desks):
    """Return {way: how many queries more it takes for all records than for few}."""
    growth = {}
    for way, desk in desks.items():
        queries = [
            min(_do(work, desk, count)["queries"] for _number in range(WARM_UP))
            for count in (work.few, work.count)
        ]
        growth[way] = queries[1] - queries[0]
    return growth


def _do(work, desk, count):
    """Do the work in a transaction of its own, which is rolled back.

    :raises RuntimeError: when it was not done, and costs of it would mean nothing
    """
    from odoo import sql_db

    with desk.open() as env:
        gc.collect()
        gc.disable()
        queries, cpu = sql_db.sql_counter, time.process_time()
        try:
            done = work.do(env, desk, count)
            env.cr.flush()
        finally:
            gc.enable()
        cpu = time.process_time() - cpu
        queries = sql_db.sql_counter - queries
    if done != count:
        raise RuntimeError(f"{work.label}: {done} of {count} were done.")
    return {"queries": queries, "cpu": cpu}


def _say(work, costs):
    texts = [
        f"{way} {cost['queries']} queries, {cost['cpu'] * 1000:.1f} ms"
        for way, cost in costs.items()
    ]
    print(f"-- {work.label}: {'; '.join(texts)}", file=sys.stderr)


def print_profile(work, desks):
    """Print which queries come on top of those without autopay, and where time goes."""
    logs = {}
    for way, desk in desks.items():
        _do(work, desk, work.count)
        logs[way] = _record_queries(work, desk)
    for way in logs:
        if way != "without":
            print(f"== {work.label}: {way}, queries on top ==")
            for query, count in (logs[way] - logs["without"]).items():
                print(f"{count} x {query[:400]}")
            _print_time(work, desks[way])


def _record_queries(work, desk):
    """Return a ``Counter`` of the texts of the queries, parameters left out."""
    from odoo.sql_db import Cursor

    queries, execute = Counter(), Cursor.execute

    def note(cursor, query, *args, **kwargs):
        queries[" ".join(str(getattr(query, "code", query)).split())] += 1
        return execute(cursor, query, *args, **kwargs)

    with patch.object(Cursor, "execute", note):
        _do(work, desk, work.count)
    return queries


def _print_time(work, desk):
    profile = cProfile.Profile()
    profile.runcall(_do, work, desk, work.count)
    stats = pstats.Stats(profile).sort_stats("cumulative")
    stats.print_stats("autopay", 25)
