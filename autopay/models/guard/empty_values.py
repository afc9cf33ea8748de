"""The values of our fields on Odoo's records where Autopay never was on."""

OWN_PREFIX = "autopay_"
PREFIX_LENGTH = len(OWN_PREFIX)
LISTS = ("one2many", "many2many")


def find_own(names):
    """Return those names of fields of one of Odoo's models that are ours, in a list.

    Forms ask for hundreds of fields, and for those of each line anew: a slice takes no
    call.
    """
    return [name for name in names if name[:PREFIX_LENGTH] == OWN_PREFIX]


def leave_own_out(values):
    """Return {name of a field: its value} of those fields that are not ours."""
    return {
        name: value
        for name, value in values.items()
        if name[:PREFIX_LENGTH] != OWN_PREFIX
    }


def get_empty_values(records, names):
    """Return {name: value as the web client reads it} of those fields that are ours."""
    fields = records._fields
    return {
        name: [] if fields[name].type in LISTS else False for name in find_own(names)
    }
