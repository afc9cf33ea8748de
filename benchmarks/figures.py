"""The figures of the design notes, from the measurements of the rounds."""

from statistics import median

MB = 2**20


def get_figures(rounds, warm, memory):
    """Return one dict for each row of the table.

    ``ratio`` is autopay against stock (or against itself, where it says so); ``must``
    and ``aim`` are what it is compared with. The median of the rounds counts.
    """
    rows = [_cpu_row(rounds), _rate_row(rounds), _latency_row(rounds)]
    return rows + ([_memory_row(warm, memory)] if memory else [])


def _cpu_row(rounds):
    stock = _median(_cpu(found["stock"]["fast"]) for found in rounds)
    ours = _median(_cpu(found["autopay"]["fast"]) for found in rounds)
    ratios = (
        _cpu(found["stock"]["fast"]) / _cpu(found["autopay"]["fast"])
        for found in rounds
    )
    return {
        "figure": "CPU seconds per settled charge, latency 0",
        "stock": stock,
        "autopay": ours,
        "ratio": _median(ratios),
        "meaning": "times less than stock",
        "must": 4,
        "aim": 8,
    }


def _rate_row(rounds):
    ratios = (
        _rate(found["autopay"]["slow"]) / _rate(found["stock"]["slow"])
        for found in rounds
    )
    return {
        "figure": "charges per second with latency",
        "stock": _median(_rate(found["stock"]["slow"]) for found in rounds),
        "autopay": _median(_rate(found["autopay"]["slow"]) for found in rounds),
        "ratio": _median(ratios),
        "meaning": "times stock",
        "must": 12,
        "aim": 25,
    }


def _latency_row(rounds):
    kept = {
        way: _median(
            _rate(found[way]["slow"]) / _rate(found[way]["fast"]) for found in rounds
        )
        for way in ("stock", "autopay")
    }
    return {
        "figure": "charges per second with latency, against without",
        **kept,
        "ratio": kept["autopay"],
        "meaning": "of its own rate",
        "must": 0.7,
        "aim": 0.9,
    }


def _memory_row(warm, memory):
    growth = (memory["peak"] - warm["peak"]) / MB
    return {
        "figure": f"memory growth over {memory['charges']} charges, MB",
        "stock": None,
        "autopay": growth,
        "ratio": growth,
        "meaning": "MB at most",
        "must": 50,
        "aim": 5,
    }


def _median(values):
    return round(median(values), 5)


def _cpu(found):
    return found["cpu"] / found["charges"]


def _rate(found):
    return found["charges"] / found["wall"]
