"""The state that one execution of the engine carries from stage to stage."""

from dataclasses import dataclass, field

from .fault_log import FaultLog
from .gateway_pool import GatewayPool
from .run_clock import RunClock
from .run_queue import RunQueue


@dataclass
class RunContext:
    """The question of a run, its means, and its findings.

    :param mode: *scheduled* or *now*, see ``autopay.decision``
    :param tokens: {move id: token} chosen by a person
    :param shown: {move id: amount} that the person has seen: no more is charged
    :param skipped: {move id: blocker} of what was not charged; a stage that is repeated
        says it again, which changes nothing
    :param suspects: the ids of providers with which a booking failed and none has
        worked since
    :param unbookable: {move id: reason} of invoices whose payment could not be booked
    :param faults: what went wrong in it
    :param clock: counts in the same mode
    """

    mode: str = "scheduled"
    tokens: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    skipped: dict = field(default_factory=dict)
    run_id: int = 0
    suspects: set = field(default_factory=set)
    unbookable: dict = field(default_factory=dict)
    faults: FaultLog = field(default_factory=FaultLog)
    pool: GatewayPool = field(default_factory=GatewayPool)
    clock: RunClock = field(default_factory=RunClock)
    queue: RunQueue = field(default_factory=RunQueue)

    def __enter__(self):
        self.pool.open()
        return self

    def __exit__(self, *exc_info):
        self.pool.close()

    def is_shown(self, move_id, amount, currency):
        """Return whether an amount is no more than the person has seen."""
        shown = self.shown.get(move_id, amount)
        return currency.compare_amounts(amount, shown) <= 0

    def may_reserve(self, provider_id, move_id, leader_id=None):
        """Return whether an invoice may go now, or waits for the provider's probe.

        A wrong key or a provider that is down costs one attempt, not a batch of them.
        """
        proven = provider_id in self.pool.proven
        return proven or self.queue.may_go_first(provider_id, move_id, leader_id)
