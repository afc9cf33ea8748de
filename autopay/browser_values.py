"""The shapes of values that browsers send; whatever else is no value."""

from . import const
from .conditions.kinds import MAX_AMOUNT, MAX_TEXT, OPERATORS

# Longer lists of customers are no honest ones.
MAX_VALUES = 500


def is_id(value):
    """Return whether a value may be the id of a record."""
    return type(value) is int and 0 < value < 2**31


def is_ids(value):
    """Return whether a value is a list of such ids."""
    return isinstance(value, list) and all(map(is_id, value))


def is_few_ids(value):
    """Return whether a value is a list of no more ids than a customer may choose."""
    return is_ids(value) and len(value) <= MAX_VALUES


def is_number(value):
    """Return whether a value is a number to calculate with."""
    # A value that is not a number (NaN) is not below anything.
    return type(value) in (int, float) and abs(value) <= MAX_AMOUNT


def is_switch(value):
    """Return whether a value is yes or no."""
    return isinstance(value, bool)


def is_text(value):
    """Return whether a value is a text of bearable length, without NUL."""
    return isinstance(value, str) and len(value) <= MAX_TEXT and "\0" not in value


def read_text(value, length=MAX_TEXT):
    """Return the text that a form has sent, cut; "" for files and other things."""
    return value.replace("\0", "").strip()[:length] if isinstance(value, str) else ""


def is_rows(value):
    """Return whether a value is a list of conditions."""
    return isinstance(value, list) and all(
        isinstance(row, dict) and has_shapes(row, CONDITION_SHAPES) for row in value
    )


def is_one_of(choices):
    """Return a check: whether a value is one of a selection's."""
    codes = [code for code, _label in choices]
    return lambda value: isinstance(value, str) and value in codes


CONDITION_SHAPES = {
    "kind": is_text,
    "operator": is_one_of(OPERATORS),
    "number": is_number,
    "number_to": is_number,
    "text": is_text,
    "values": is_few_ids,
}
CONFIGURATION_SHAPES = {
    "token_id": is_id,
    "max_amount": is_number,
    "max_month_amount": is_number,
    "cap_rule": is_one_of(const.configuration.CAP_RULES),
    "conditions": is_rows,
}


def has_shapes(values, shapes):
    """Return whether all values are what their names promise; other names do not count.

    :param dict values: {name: value} as it came
    :param dict shapes: {name: check of a value}
    """
    return all(shapes[name](value) for name, value in values.items() if name in shapes)
