"""Refunds and disputes of a Stripe account, read and never changed.

Without any webhook this is how we learn of money that went back: lists are complete and
up to date at once (docs.stripe.com/api/pagination).
"""

import functools
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..base import RAISED, Credentials
from ..reports import Reading, ReversalReport
from .answer import UNREADABLE, as_dict, as_text, id_of
from .client import ask, get_client, get_options
from .lists import RETRIES, problem_of, read_list

_logger = logging.getLogger(__name__)

# The shape of an id; anything else could not even be looked up in a database.
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_LATEST = 2**32  # unix seconds
_MOST = 2**53  # minor units; beyond that no amount is exact

REFUND = "refund"
DISPUTE = "dispute"


def _never_raises(read: Callable[..., Reading]) -> Callable[..., Reading]:
    @functools.wraps(read)
    def call(*args: Any, **kwargs: Any) -> Reading:
        try:
            return read(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a reading that failed is one
            # The class only: the text may hold what was sent.
            _logger.error("Reading from Stripe failed: %s", type(error).__name__)
            return Reading(complete=False, problem=RAISED)

    return call


class StripeReversals:
    """Reads what went back of the charges of one Stripe account; never raises."""

    def __init__(self, credentials: Credentials) -> None:
        """Connect to nothing yet.

        :raise ValueError: when the key is missing or the address is not acceptable
        """
        self._livemode = credentials.livemode
        client = get_client(credentials).v1
        self._services: dict[str, Any] = {
            REFUND: client.refunds,
            DISPUTE: client.disputes,
        }

    @_never_raises
    def list_since(self, since: int) -> Reading:
        """Return refunds and disputes made since then (unix seconds, inclusive)."""
        return self._list({"created": {"gte": since}})

    @_never_raises
    def list_of(self, object_ref: str) -> Reading:
        """Return refunds and disputes of one payment intent."""
        return self._list({"payment_intent": object_ref})

    @_never_raises
    def read(self, kind: str, ref: str) -> Reading:
        """Return one refund or dispute as it is now."""
        service = self._services[kind]
        answer = ask(lambda: service.retrieve(ref, {}, get_options(RETRIES)))
        if not answer.body:
            return Reading(complete=False, problem=problem_of(answer))
        return self._reading(kind, [answer.body], "")

    def _list(self, params: Mapping[str, Any]) -> Reading:
        parts = [
            self._reading(kind, *read_list(service.list, params))
            for kind, service in self._services.items()
        ]
        problem = next((part.problem for part in parts if part.problem), "")
        rows = tuple(row for part in parts for row in part.rows)
        return Reading(rows, complete=not problem, problem=problem)

    def _reading(
        self, kind: str, items: list[Mapping[str, Any]], problem: str
    ) -> Reading:
        readable = [item for item in map(as_dict, items) if _is_readable(item, kind)]
        rows = tuple(self._report(kind, item) for item in readable)
        if len(readable) < len(items):
            problem = problem or UNREADABLE
        return Reading(rows, complete=not problem, problem=problem)

    def _report(self, kind: str, item: Mapping[str, Any]) -> ReversalReport:
        return ReversalReport(
            kind=kind,
            ref=item["id"],
            object_ref=id_of(item.get("payment_intent")),
            charge_ref=id_of(item.get("charge")),
            amount_minor=item["amount"],
            currency=item["currency"].lower(),
            status=as_text(item.get("status")),
            reason=as_text(item.get("failure_reason") or item.get("reason")),
            network_code=_network_code(item),
            created_at=item["created"],
            # A refund does not say in which mode it was made: only ours can be read.
            livemode=bool(item.get("livemode", self._livemode)),
            withdrawn=_withdrawn(item) if kind == DISPUTE else None,
            due_by=_due_by(item),
        )


def _is_readable(item: Mapping[str, Any], kind: str) -> bool:
    texts = all(isinstance(item.get(key), str) for key in ("id", "currency"))
    numbers = all(type(item.get(key)) is int for key in ("amount", "created"))
    known = texts and numbers and item.get("object") == kind
    return known and _has_clear_refs(item) and _has_real_numbers(item)


def _has_clear_refs(item: Mapping[str, Any]) -> bool:
    others = filter(
        None, (id_of(item.get("payment_intent")), id_of(item.get("charge")))
    )
    return all(_ID.fullmatch(ref) for ref in (item["id"], *others))


def _has_real_numbers(item: Mapping[str, Any]) -> bool:
    return 0 <= item["amount"] < _MOST and 0 < item["created"] < _LATEST


def _network_code(item: Mapping[str, Any]) -> str:
    details = as_dict(item.get("payment_method_details"))
    card = as_dict(details.get("card"))
    code = item.get("network_reason_code") or card.get("network_reason_code")
    return as_text(code)


def _due_by(item: Mapping[str, Any]) -> int:
    """Return until when evidence is taken (docs.stripe.com/api/disputes/object)."""
    due_by = as_dict(item.get("evidence_details")).get("due_by")
    return due_by if type(due_by) is int and 0 < due_by < _LATEST else 0


def _withdrawn(item: Mapping[str, Any]) -> bool | None:
    """Return whether a dispute has taken the money, by the movements it shows.

    There are none, one (withdrawn) or two (withdrawn, given back).
    """
    movements = item.get("balance_transactions")
    if not isinstance(movements, list):
        return None
    amounts = [as_dict(movement).get("amount") for movement in movements]
    known = [amount for amount in amounts if type(amount) is int]
    if len(known) < len(movements):
        return None
    # Converted at the rates of two days, what came back is seldom what was taken.
    if item.get("status") == "won":
        return sum(amount < 0 for amount in known) > len(known) / 2
    return sum(known) < 0
