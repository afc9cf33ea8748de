"""Finds conditions of which no invoice can ever fulfil all."""

import itertools

INFINITY = float("inf")


def find_contradiction(conditions):
    """Return two conditions that exclude each other, or None.

    A condition that excludes itself (an amount below zero) is returned twice. Only what
    is certain is found: amounts in two currencies are not compared.

    :param conditions: complete ``autopay.configuration.condition`` records
    """
    known = list(filter(_is_known, conditions))
    alone = ((each, each) for each in known if _excludes_itself(each))
    pairs = (
        (first, second)
        for first, second in itertools.combinations(known, 2)
        if first.kind == second.kind and _excludes(first._get_kind(), first, second)
    )
    return next(itertools.chain(alone, pairs), None)


def _is_known(condition):
    kind = condition._get_kind()
    if not kind or not condition.operator:
        return False
    return kind.value != "amount" or bool(condition.currency_id)


def _excludes_itself(condition):
    if condition._get_kind().value != "amount":
        return False
    return _is_empty(_clip(_get_interval(condition)))


def _excludes(kind, first, second):
    if kind.value in ("amount", "days"):
        same = kind.value == "days" or first.currency_id == second.currency_id
        return same and _exclude_numbers(first, second)
    return _exclude_sets(kind, first, second)


# === NUMBERS === #


def _exclude_numbers(first, second):
    operators = {first.operator, second.operator}
    if operators == {"=", "!="}:
        return _get_limits(first)[0] == _get_limits(second)[0]
    if "!=" in operators:
        return False
    return _is_empty(_meet(_get_interval(first), _get_interval(second)))


def _get_interval(condition):
    """Return (from, to, whether from is included, whether to is included)."""
    number, number_to = _get_limits(condition)
    return {
        "=": (number, number, True, True),
        "between": (number, number_to, True, True),
        ">=": (number, INFINITY, True, True),
        ">": (number, INFINITY, False, True),
        "<=": (-INFINITY, number, True, True),
        "<": (-INFINITY, number, True, False),
    }.get(condition.operator, (-INFINITY, INFINITY, True, True))


def _get_limits(condition):
    """Return from and to as they are compared: amounts are rounded."""
    numbers = condition.number, condition.number_to
    if condition._get_kind().value != "amount":
        return numbers
    return tuple(map(condition.currency_id.round, numbers))


def _clip(interval):
    """Return the part of an interval that amounts of invoices can have."""
    return _meet(interval, (0.0, INFINITY, True, True))


def _meet(first, second):
    """Return what two intervals have in common."""
    low, low_included = max((first[0], not first[2]), (second[0], not second[2]))
    high, high_included = min((first[1], first[3]), (second[1], second[3]))
    return low, high, not low_included, high_included


def _is_empty(interval):
    low, high, low_included, high_included = interval
    return low > high or (low == high and not (low_included and high_included))


# === RECORDS AND TEXTS === #


def _exclude_sets(kind, first, second):
    wanted, unwanted = sorted(
        (first, second), key=lambda each: each.operator.startswith("not")
    )
    a, b = _get_values(kind, wanted), _get_values(kind, unwanted)
    if not a or not b:
        return False
    if unwanted.operator == f"not {wanted.operator}":
        # "Is any of A" and "is none of A, B": nothing is left.
        return a <= b
    both_in = wanted.operator == unwanted.operator == "in"
    return both_in and kind.single and not kind.hierarchy and not a & b


def _get_values(kind, condition):
    if kind.value == "text":
        return {text.lower() for text in condition._split_text()}
    return set(condition._get_records(kind)._origin.ids)
