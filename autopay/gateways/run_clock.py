"""The time that one execution of the engine has."""

import time
from dataclasses import dataclass, field

from .. import const


@dataclass(slots=True)
class RunClock:
    """The seconds of a run since it was started.

    :param mode: *scheduled* or *now*, see ``autopay.decision``
    :param started: in seconds of the monotonic clock
    """

    mode: str = "scheduled"
    started: float = field(default_factory=time.monotonic)

    def is_time_up(self, seconds_left):
        """Return whether the run must end, given the scheduler's seconds left."""
        overtime = self._get_age() > const.engine.RUN_SECONDS[self.mode]
        return seconds_left <= 0 or overtime

    def has_time_for_single(self):
        """Return whether an invoice that goes alone may still have its turn."""
        return self._get_age() <= const.engine.SINGLE_SECONDS[self.mode]

    def _get_age(self):
        """Return for how many seconds the run has been going on."""
        return time.monotonic() - self.started
