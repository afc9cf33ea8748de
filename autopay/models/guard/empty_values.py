"""The values of our fields on Odoo's records where Autopay never was on."""

OWN_PREFIX = "autopay_"
LISTS = ("one2many", "many2many")


def is_own(name):
    """Return whether a field of one of Odoo's models is ours, by its name."""
    return name.startswith(OWN_PREFIX)


def get_empty_values(records, names):
    """Return {name: value as the web client reads it} of those fields that are ours."""
    return {
        name: [] if records._fields[name].type in LISTS else False
        for name in names
        if is_own(name)
    }
