"""The values that the form of a payment rule sends, which works without script.

Each condition is a row whose inputs end in its number: *kind_0*, *operator_0* ...
"""

from odoo.exceptions import UserError

# More rows than a rule may have: the service says so, in words.
MAX_ROWS = 25
# The values of a row that are one text each.
TEXTS = ("kind", "operator", "number", "number_to", "text")
NUMBERS = ("number", "number_to")


def read_rows(form):
    """Return the rows that were sent, as dicts of texts and *values*, a list of ids.

    :param form: the ``MultiDict`` of a request
    """
    rows = []
    for place in range(MAX_ROWS):
        if f"kind_{place}" not in form:
            continue
        row = {name: form.get(f"{name}_{place}", "") for name in TEXTS}
        sent = form.getlist(f"values_{place}")
        row["values"] = [read_whole(text) for text in sent]
        rows.append(row)
    return rows


def read_whole(text):
    """Return the number that a text is; 0, which is no id, when it is none."""
    whole = text.isascii() and text.isdigit() and len(text) < 11
    return int(text) if whole else 0


def read_number(text):
    """Return the number that a text is, or the text, which the service refuses."""
    try:
        return float(text)
    except ValueError:
        return text


def get_condition(env, row, value_type):
    """Return a row as the service of the customer's configurations takes it.

    :param str value_type: what the kind of condition compares with
    :raises UserError: when a value is missing
    """
    condition = {"kind": row["kind"], "operator": row["operator"]}
    if value_type == "text":
        return {**condition, "text": row["text"]}
    if value_type == "records":
        return {**condition, "values": row["values"]}
    names = NUMBERS if row["operator"] == "between" else NUMBERS[:1]
    if not all(row[name].strip() for name in names):
        raise UserError(env._("Enter a value for each condition."))
    return {**condition, **{name: read_number(row[name]) for name in names}}


def show_number(number):
    """Return a number as an input of a browser takes it; empty for zero."""
    if not number:
        return ""
    return str(int(number)) if number == int(number) else repr(number)
