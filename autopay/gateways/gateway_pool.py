"""The providers that one execution of the engine calls, from many threads."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from .. import const
from . import pace
from .base import (
    DECLINED,
    REFUSED,
    STOP_CREDENTIALS,
    STOP_RATE_LIMIT,
    STOP_UNREACHABLE,
    UNKNOWN,
    ChargeOutcome,
)

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
class GatewayPool:
    """Gateways, the threads that call them, and which of them are left alone.

    :param gateways: {provider id: what charges there, None when nothing can}
    :param stopped: {provider id: reason} of providers that are left alone
    :param proven: the ids of providers that a request was sent to
    :param counts: {(provider id, reason to stop): answers of that kind}
    :param overrun: the ids of providers that were sent more than they take in a second
    :param missing: {(provider id, customer at the provider)} whose method is not known
    """

    gateways: dict = field(default_factory=dict)
    stopped: dict = field(default_factory=dict)
    proven: set = field(default_factory=set)
    counts: Counter = field(default_factory=Counter)
    missing: set = field(default_factory=set)
    overrun: set = field(default_factory=set)

    def open(self):
        """Start the threads."""
        self.threads = ThreadPoolExecutor(const.engine.GATEWAY_THREADS, "autopay")

    def close(self):
        """Wait for no thread: a provider that drips an answer for hours keeps it."""
        self.threads.shutdown(wait=False, cancel_futures=True)

    def map(self, call, values):
        """Yield what a call to a provider returns for each of these values."""
        return self.threads.map(call, values)

    def get_silent(self):
        """Return the ids of providers that were stopped and may well be back soon."""
        passing = (STOP_UNREACHABLE, STOP_RATE_LIMIT)
        return {key for key, reason in self.stopped.items() if reason in passing}

    def take_overrun(self):
        """Return the ids of providers that have asked to slow down since last asked."""
        found, self.overrun = self.overrun, set()
        return found

    def send(self, verb, calls, waits=()):
        """Call the gateways from many threads; no database is touched.

        :param str verb: a method of the Gateway protocol
        :param calls: [(provider id, gateway, request)]
        :param waits: seconds from now before each call; none: all at once
        :return: {attempt id: outcome}; absent where nothing was sent: the provider is
            stopped, or others kept all threads waiting for too long
        """
        now = time.monotonic()
        starts = [now + wait for wait in waits] or [now] * len(calls)
        first, rest = self._split_unproven(list(zip(calls, starts, strict=True)))
        # One request finds out whether a provider works before many follow it.
        outcomes = self._send_part(verb, first, FIRST_ANSWERS_BEFORE_STOP)
        outcomes.update(self._send_part(verb, rest, ANSWERS_BEFORE_STOP))
        return outcomes

    def _split_unproven(self, calls):
        first, rest = {}, []
        for call, start in calls:
            provider_id = call[0]
            if provider_id in self.proven or provider_id in first:
                rest.append((call, start))
            else:
                first[provider_id] = (call, start)
        self.proven.update(first)
        return list(first.values()), rest

    def _send_part(self, verb, calls, limits):
        allowed = [pair for pair in calls if pair[0][0] not in self.stopped]
        deadline = time.monotonic() + const.engine.ANSWER_SECONDS
        sent = self._submit(verb, sorted(allowed, key=lambda pair: pair[1]), deadline)
        wait(sent, timeout=max(deadline - time.monotonic(), 0))
        return self._read_answers(sent, limits)

    def _submit(self, verb, calls, deadline):
        """Start the calls, each at its time.

        :return: {future: (provider id, request)}; a call whose time comes after the
            deadline is not sent at all
        """
        sent = {}
        for (provider_id, gateway, request), start in calls:
            if start >= deadline:
                break
            time.sleep(max(start - time.monotonic(), 0))
            future = self.threads.submit(
                self._call, verb, gateway, request, provider_id
            )
            sent[future] = (provider_id, request)
        return sent

    def _read_answers(self, sent, limits):
        outcomes = {}
        for future, (provider_id, request) in sent.items():
            # A request still in the queue was never sent.
            if future.cancel():
                continue
            outcome = outcomes[request.attempt_id] = _get_answer(future)
            reason = _get_stop_reason(outcome)
            if reason and not self._is_missing_again(provider_id, reason, request):
                self._count_stop(provider_id, reason, limits)
        return outcomes

    def _call(self, verb, gateway, request, provider_id):
        """Call a gateway; what it raises against its promise is an unknown outcome."""
        pace.take_overruns()
        try:
            return getattr(gateway, verb)(request)
        except Exception as error:  # noqa: BLE001 - see above
            return ChargeOutcome(kind=UNKNOWN, message=type(error).__name__)
        finally:
            if pace.take_overruns():
                self.overrun.add(provider_id)

    def _is_missing_again(self, provider_id, reason, request):
        """Return whether one customer's method is missing for one more invoice."""
        if reason != STOP_MISSING:
            return False
        key = (provider_id, request.customer_ref)
        known = key in self.missing
        self.missing.add(key)
        return known

    def _count_stop(self, provider_id, reason, limits):
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
