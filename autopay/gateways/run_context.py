"""The state that one execution of the engine carries from stage to stage."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from .. import const
from .base import (
    DECLINED,
    REFUSED,
    STOP_CREDENTIALS,
    STOP_RATE_LIMIT,
    STOP_UNREACHABLE,
    UNKNOWN,
    ChargeOutcome,
)
from .fault_log import FaultLog

# A method that is gone is one customer's trouble; many in a run mean another account.
STOP_MISSING = "missing_methods"
# Answers of a kind after which a provider is not called any more.
ANSWERS_BEFORE_STOP = {
    STOP_CREDENTIALS: 1,
    STOP_UNREACHABLE: const.engine.UNREACHABLE_BEFORE_STOP,
    STOP_RATE_LIMIT: const.engine.UNREACHABLE_BEFORE_STOP,
    STOP_MISSING: const.engine.MISSING_BEFORE_STOP,
}
# The request that finds out whether a provider works decides alone.
FIRST_ANSWERS_BEFORE_STOP = {
    **dict.fromkeys(ANSWERS_BEFORE_STOP, 1),
    STOP_MISSING: const.engine.MISSING_BEFORE_STOP,
}


@dataclass
class RunContext:
    """Gateways, threads, limits and counters of one execution.

    :param mode: *scheduled* or *now*, see ``autopay.decision``
    :param tokens: {move id: token} chosen by a person
    :param shown: {move id: amount} that the person has seen: no more is charged
    :param skipped: {move id: blocker} of what was not charged; a stage that is repeated
        says it again, which changes nothing
    :param stopped: {provider id: reason} of providers that are left alone
    :param suspects: the ids of providers with which a booking failed and none has
        worked since
    :param unbookable: {move id: reason} of invoices whose payment could not be booked
    :param due_ids: the ids of the invoices that the run is to look at
    :param faults: what went wrong in it
    :param probes: {provider id: move id} the invoice that goes first, to see whether
        the provider works at all
    :param postponed: the move ids that wait for a probe, in order
    :param singles: the move ids that go alone, as their providers cannot be asked what
        became of a charge, in order
    :param single: the one whose turn it is
    :param missing: {(provider id, customer at the provider)} whose method is not known
    """

    mode: str = "scheduled"
    tokens: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    skipped: dict = field(default_factory=dict)
    stopped: dict = field(default_factory=dict)
    run_id: int = 0
    gateways: dict = field(default_factory=dict)
    proven: set = field(default_factory=set)
    suspects: set = field(default_factory=set)
    unbookable: dict = field(default_factory=dict)
    due_ids: list = field(default_factory=list)
    faults: FaultLog = field(default_factory=FaultLog)
    probes: dict = field(default_factory=dict)
    postponed: dict = field(default_factory=dict)
    singles: dict = field(default_factory=dict)
    single: int = 0
    counts: Counter = field(default_factory=Counter)
    missing: set = field(default_factory=set)
    started: float = field(default_factory=time.monotonic)

    def __enter__(self):
        self.pool = ThreadPoolExecutor(const.engine.GATEWAY_THREADS, "autopay")
        return self

    def __exit__(self, *exc_info):
        # A provider that drips an answer for hours keeps its thread busy, not the run.
        self.pool.shutdown(wait=False, cancel_futures=True)

    def is_time_up(self, seconds_left):
        """Return whether the run must end, given the scheduler's seconds left."""
        overtime = self._get_age() > const.engine.RUN_SECONDS[self.mode]
        return seconds_left <= 0 or overtime

    def _get_age(self):
        """Return for how many seconds the run has been going on."""
        return time.monotonic() - self.started

    def get_silent(self):
        """Return the ids of providers that were stopped and may well be back soon."""
        passing = (STOP_UNREACHABLE, STOP_RATE_LIMIT)
        return {key for key, reason in self.stopped.items() if reason in passing}

    def is_shown(self, move_id, amount, currency):
        """Return whether an amount is no more than the person has seen."""
        shown = self.shown.get(move_id, amount)
        return currency.compare_amounts(amount, shown) <= 0

    def may_reserve(self, provider_id, move_id):
        """Return whether an invoice may go now, or waits for the provider's probe.

        A wrong key or a provider that is down costs one attempt, not a batch of them.
        """
        if provider_id in self.proven:
            return True
        if self.probes.setdefault(provider_id, move_id) == move_id:
            return True
        self.postponed[move_id] = True
        return False

    def forget_probe(self, move_id):
        """Let another invoice go first where this one could not be reserved."""
        for provider_id in [
            key for key, each in self.probes.items() if each == move_id
        ]:
            del self.probes[provider_id]

    def take_postponed(self):
        """Return the ids of the moves whose probe has been sent, in order."""
        move_ids = list(self.postponed)
        self.postponed.clear()
        self.probes.clear()
        return move_ids

    def may_go_alone(self, move_id):
        """Return whether the turn has come of an invoice that goes alone.

        When the process dies in such a charge its outcome stays unknown for good: all
        that went before is booked by then, and nothing behind it has begun.
        """
        if move_id == self.single:
            return True
        self.singles[move_id] = True
        return False

    def take_singles(self):
        """Yield the ids of the moves that go alone, while there is time for one."""
        while (
            self.singles and self._get_age() <= const.engine.SINGLE_SECONDS[self.mode]
        ):
            self.single = next(iter(self.singles))
            del self.singles[self.single]
            yield self.single

    def take_missed(self):
        """Return the ids of the moves whose turn did not come in time, in order."""
        move_ids = list(self.singles)
        self.singles.clear()
        return move_ids

    def send(self, verb, calls):
        """Call the gateways from many threads; no database is touched.

        :param str verb: a method of the Gateway protocol
        :param calls: [(provider id, gateway, request)]
        :return: {attempt id: outcome}; absent where nothing was sent: the provider is
            stopped, or others kept all threads waiting for too long
        """
        first, rest = self._split_unproven(calls)
        # One request finds out whether a provider works before many follow it.
        outcomes = self._send_part(verb, first, FIRST_ANSWERS_BEFORE_STOP)
        outcomes.update(self._send_part(verb, rest, ANSWERS_BEFORE_STOP))
        return outcomes

    def _split_unproven(self, calls):
        first, rest = {}, []
        for call in calls:
            provider_id = call[0]
            if provider_id in self.proven or provider_id in first:
                rest.append(call)
            else:
                first[provider_id] = call
        self.proven.update(first)
        return list(first.values()), rest

    def _send_part(self, verb, calls, limits):
        allowed = [call for call in calls if call[0] not in self.stopped]
        futures = [
            self.pool.submit(_call, verb, gateway, request)
            for _provider_id, gateway, request in allowed
        ]
        wait(futures, timeout=const.engine.ANSWER_SECONDS)
        outcomes = {}
        for (provider_id, _gateway, request), future in zip(
            allowed, futures, strict=True
        ):
            # A request still in the queue was never sent.
            if future.cancel():
                continue
            outcome = outcomes[request.attempt_id] = _get_answer(future)
            reason = _get_stop_reason(outcome)
            if reason and not self._is_missing_again(provider_id, reason, request):
                self._note_stop(provider_id, reason, limits)
        return outcomes

    def _is_missing_again(self, provider_id, reason, request):
        """Return whether one customer's method is missing for one more invoice."""
        if reason != STOP_MISSING:
            return False
        key = (provider_id, request.customer_ref)
        known = key in self.missing
        self.missing.add(key)
        return known

    def _note_stop(self, provider_id, reason, limits):
        self.counts[provider_id, reason] += 1
        if self.counts[provider_id, reason] >= limits[reason]:
            self.stopped.setdefault(provider_id, reason)


def _get_answer(future):
    """Return what a request came to; one that is still under way is unknown."""
    if future.done():
        return future.result()
    return ChargeOutcome(kind=UNKNOWN, code="no_answer_in_time")


def _get_stop_reason(outcome):
    """Return what an outcome says about its provider, if anything."""
    refused = outcome.kind in (REFUSED, DECLINED)
    if refused and outcome.code == "resource_missing":
        return STOP_MISSING
    return outcome.stop_reason


def _call(verb, gateway, request):
    """Call a gateway; whatever it raises against its promise is an unknown outcome."""
    try:
        return getattr(gateway, verb)(request)
    except Exception as error:  # noqa: BLE001 - see above
        return ChargeOutcome(kind=UNKNOWN, message=type(error).__name__)
