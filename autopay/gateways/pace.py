"""When requests may be sent, so that a provider's limit for a second is kept.

Slots are given out in tenths of a second, first come, first served, and what was given
out is known to all processes (``autopay.pace``): in any second there are at most as
many requests as the provider allows, however many workers send them.
"""

import math
import threading

TENTHS = 10
# Seconds after which a provider that asked us to slow down may be a step faster again.
EASE_SECONDS = 30
# Steps by which requests are halved at most.
MOST_STEPS = 4


def give_out(slots, now, count, limit, horizon):
    """Give out slots for so many requests, after all that were given out before.

    :param dict slots: {tenth of a second since 1970: requests}, changed in place
    :param float now: in seconds since 1970
    :param int limit: requests in any second
    :param int horizon: seconds from now after which none is given out: nobody waits
        as long
    :return: seconds to wait for each request, in order; infinite for those that got no
        slot
    """
    tenth = int(now * TENTHS)
    last = tenth + horizon * TENTHS
    # Slots far ahead were given out before the clock was set back.
    for over in [each for each in slots if not tenth - TENTHS < each <= last]:
        del slots[over]
    tenth = max([tenth, *slots])
    waits = []
    while len(waits) < count and tenth <= last:
        before = sum(slots.get(tenth - ago, 0) for ago in range(TENTHS))
        free = min(limit - before, count - len(waits))
        if free > 0:
            slots[tenth] = slots.get(tenth, 0) + free
            waits += [max(tenth / TENTHS - now, 0.0)] * free
        tenth += 1
    return waits + [math.inf] * (count - len(waits))


def get_limit(limit, steps, since):
    """Return how many requests a second may hold after a provider was overrun.

    :param int limit: what the provider allows
    :param int steps: how often it has asked us to slow down
    :param float since: seconds since it last did
    """
    return max(limit >> get_steps(steps, since), 1)


def get_steps(steps, since):
    """Return by how many steps we are still slowed down; see ``get_limit``."""
    return min(max(steps - int(since / EASE_SECONDS), 0), MOST_STEPS)


# === TOO FAST === #

_seen = threading.local()


def note_overrun():
    """Note in this thread that a provider asked us to slow down."""
    _seen.overrun = True


def take_overruns():
    """Return whether a provider asked this thread to slow down since last asked."""
    found = getattr(_seen, "overrun", False)
    _seen.overrun = False
    return found
