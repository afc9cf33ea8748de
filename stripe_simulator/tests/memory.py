"""The whole memory of a simulator as values that can be compared."""

import itertools
import sys
from collections import deque

PACKAGE = "stripe_simulator"
HARMLESS = {
    # It orders objects within a collection, whatever the number of the first.
    ("stripe_simulator.memory.store", "_order"),
    # It keeps no connection open.
    ("stripe_simulator.events.webhooks.Webhooks", "_session"),
}


def dump(root):
    """Return everything that can be reached from an object of the simulator.

    Objects become their class's name and their attributes, other than what belongs to
    Python or aiohttp; what was met before becomes the number it was met as.
    """
    return _Walk().value(root)


def dump_modules():
    """Return what the simulator's modules hold besides classes and functions."""
    modules = {
        name: module
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] == PACKAGE and ".tests" not in name
    }
    return {
        (name, key): dump(value)
        for name, module in modules.items()
        for key, value in vars(module).items()
        if not key.startswith("__")
        and (name, key) not in HARMLESS
        and not isinstance(value, type(sys))
    }


class _Walk:
    def __init__(self):
        self._met = {}

    def value(self, item):
        """Return one thing as plain values."""
        if item is None or isinstance(item, (bool, int, float, str, bytes)):
            return item
        if isinstance(item, itertools.count):
            return repr(item)
        if id(item) in self._met:
            return f"no. {self._met[id(item)][0]}"
        # The item is kept, so that its id is not given to another.
        self._met[id(item)] = len(self._met), item
        if isinstance(item, dict):
            return [(self.value(key), self.value(item[key])) for key in item]
        if isinstance(item, (set, frozenset)):
            return sorted(map(str, map(self.value, item)))
        if isinstance(item, (list, tuple, deque)):
            return [self.value(each) for each in item]
        return self._object(item)

    def _object(self, item):
        name = f"{type(item).__module__}.{type(item).__qualname__}"
        if isinstance(item, type) or not name.startswith(PACKAGE):
            owner = getattr(item, "__self__", None)
            shown = getattr(item, "__qualname__", name)
            return (shown, self.value(owner)) if _is_ours(owner) else shown
        slots = (slot for kind in type(item).__mro__ for slot in _slots(kind))
        names = [*vars(item)] if hasattr(item, "__dict__") else [*slots]
        return name, [
            (key, self.value(getattr(item, key, None)))
            for key in names
            if (name, key) not in HARMLESS
        ]


def _slots(kind):
    slots = getattr(kind, "__slots__", ())
    return (slots,) if isinstance(slots, str) else slots


def _is_ours(owner):
    return type(owner).__module__.startswith(PACKAGE)
