"""The words of statements: their documents, periods and file names."""


def get_kind_labels(env):
    """Return what customers call the documents of a statement, as {code: label}."""
    return {
        "out_invoice": env._("Invoice"),
        "out_receipt": env._("Sales receipt"),
        "out_refund": env._("Credit note"),
        "payment": env._("Payment"),
        "returned": env._("Returned payment"),
        "refund": env._("Refund"),
        "entry": env._("Adjustment"),
    }


def get_period_labels(env):
    """Return the names of the periods that are asked for most, as {code: label}."""
    return {
        "this_month": env._("This month"),
        "last_month": env._("Last month"),
        "this_year": env._("This year"),
        "last_year": env._("Last year"),
    }


def get_file_name(env, statement):
    """Return the name of the printed statement, without suffix."""
    return env._(
        "Statement %(first)s to %(last)s",
        first=statement.period.first.isoformat(),
        last=statement.period.last.isoformat(),
    )


def get_way_label(env, way):
    """Return what became of a payment that was more than just made; empty if not.

    :param str way: see ``_get_way`` of the customer's payments
    """
    return {
        "back": env._("Paid back to you"),
        "returned": env._("Returned by your bank"),
        "undone": env._("Returned"),
    }.get(way, "")
