"""The providers that one execution of the engine calls, from many threads."""

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
    :param missing: {(provider id, customer at the provider)} whose method is not known
    """

    gateways: dict = field(default_factory=dict)
    stopped: dict = field(default_factory=dict)
    proven: set = field(default_factory=set)
    counts: Counter = field(default_factory=Counter)
    missing: set = field(default_factory=set)

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
            self.threads.submit(_call, verb, gateway, request)
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
                self._count_stop(provider_id, reason, limits)
        return outcomes

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


def _call(verb, gateway, request):
    """Call a gateway; whatever it raises against its promise is an unknown outcome."""
    try:
        return getattr(gateway, verb)(request)
    except Exception as error:  # noqa: BLE001 - see above
        return ChargeOutcome(kind=UNKNOWN, message=type(error).__name__)
