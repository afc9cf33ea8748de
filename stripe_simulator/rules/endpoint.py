"""Endpoints, and the calls they are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..memory.errors import invalid, missing_object
from ..memory.simulator import Simulator
from ..memory.store import Book
from .params import params_type
from .versions import ApiVersion

COMMON = frozenset(("expand",))
# Objects on a page of a list that names no limit.
DEFAULT_LIMIT = 10
PAGING = frozenset(("limit", "starting_after", "ending_before", "expand"))

# Attribute of a book -> what Stripe calls such an object when it is missing.
LABELS = {
    "customers": "customer",
    "payment_methods": "PaymentMethod",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "fraud_warnings": "early fraud warning",
    "setup_intents": "setupintent",
    "checkout_sessions": "checkout.session",
    "mandates": "mandate",
    "events": "event",
    "webhook_endpoints": "webhook endpoint",
}


@dataclass(slots=True)
class Call:
    """One request that has passed all checks of form.

    ``origin`` is the simulator's own address, as the caller wrote it.
    """

    sim: Simulator
    book: Book
    params: dict
    version: ApiVersion
    idempotency_key: str | None
    origin: str

    @property
    def now(self) -> int:
        """Virtual time in seconds."""
        return self.sim.clock.now()

    def need(self, kind: str, object_id: str, param: str, *, in_path: bool = False):
        """Return the object or raise ``resource_missing``."""
        item = getattr(self.book, kind).get(object_id)
        if item is None:
            hint = self._hint(kind, object_id)
            raise missing_object(
                LABELS[kind], object_id, param, in_path=in_path, hint=hint
            )
        return item

    def _hint(self, kind: str, object_id: str) -> str:
        other = self.sim.store.book(self.book.account, not self.book.livemode)
        if getattr(other, kind).get(object_id) is None:
            return ""
        return (
            f"; a similar object exists in {other.mode} mode, but a {self.book.mode} "
            "mode key was used to make this request."
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of the API.

    ``returns`` is the kind of object in the answer, or of each in a list if ``many``.
    ``simulated`` names the parameters that have an effect here.  ``locks``: the object
    in the path is held while the request is worked on.
    """

    method: str
    path: str
    run: Callable[..., dict]
    params: str
    returns: str
    simulated: frozenset[str] = COMMON
    many: bool = False
    locks: bool = False
    intent_params: bool = False

    def check(self, values: dict, version: ApiVersion) -> dict:
        """Return the parameters in declared types, or raise Stripe's error."""
        older = version.older_params if self.intent_params else None
        checked = params_type(self.params).check(values, extra=older)
        for name in checked:
            if name not in self.simulated and name not in (older or ()):
                raise invalid(
                    f"Stripe knows the parameter '{name}', this simulator does not "
                    "simulate it.",
                    name,
                    "parameter_not_simulated",
                )
        return checked


def names(text: str) -> frozenset[str]:
    """Return the parameters listed in ``text`` and those that every address takes."""
    return frozenset(text.split()) | COMMON
