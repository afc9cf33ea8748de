"""The order in which one execution of the engine takes invoices that must wait."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class RunQueue:
    """The invoices of a run that go first, after others, or alone.

    :param due_ids: the ids of the invoices that the run is to look at
    :param probes: {provider id: move id} the invoice that goes first, to see whether
        the provider works at all
    :param postponed: the move ids that wait for a probe, in order
    :param singles: the move ids that go alone, as their providers cannot be asked what
        became of a charge, in order
    :param single: the one whose turn it is
    """

    due_ids: list = field(default_factory=list)
    probes: dict = field(default_factory=dict)
    postponed: dict = field(default_factory=dict)
    singles: dict = field(default_factory=dict)
    single: int = 0

    def may_go_first(self, provider_id, move_id, leader_id=None):
        """Return whether an invoice is the probe of its provider, or waits for it.

        :param int leader_id: the first of the invoices that it is charged together with
        """
        leader_id = leader_id or move_id
        if self.probes.setdefault(provider_id, leader_id) == leader_id:
            return True
        self.postpone(move_id)
        return False

    def postpone(self, move_id):
        """Have an invoice wait until the others of its batch are done."""
        self.postponed[move_id] = True

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

    def take_singles(self, clock):
        """Yield the ids of the moves that go alone, while there is time for one.

        :param clock: the ``RunClock``
        """
        while self.singles and clock.has_time_for_single():
            self.single = next(iter(self.singles))
            del self.singles[self.single]
            yield self.single

    def take_missed(self):
        """Return the ids of the moves whose turn did not come in time, in order."""
        move_ids = list(self.singles)
        self.singles.clear()
        return move_ids
