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
