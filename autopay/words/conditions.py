"""The words of configurations: what each condition says, what an invoice has."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# The words after "Pay invoices", for each kind and operator. Other modules add theirs
# by `_get_phrases` of `autopay.condition.domain`.
PHRASES = {
    ("amount_total", ">="): _lt("of %(value)s or more"),
    ("amount_total", ">"): _lt("of more than %(value)s"),
    ("amount_total", "<="): _lt("of %(value)s or less"),
    ("amount_total", "<"): _lt("of less than %(value)s"),
    ("amount_total", "="): _lt("of exactly %(value)s"),
    ("amount_total", "!="): _lt("of any amount but %(value)s"),
    ("amount_total", "between"): _lt("of %(value)s to %(limit)s"),
    ("amount_due", ">="): _lt("with %(value)s or more due"),
    ("amount_due", ">"): _lt("with more than %(value)s due"),
    ("amount_due", "<="): _lt("with %(value)s or less due"),
    ("amount_due", "<"): _lt("with less than %(value)s due"),
    ("amount_due", "="): _lt("with exactly %(value)s due"),
    ("amount_due", "!="): _lt("with any amount but %(value)s due"),
    ("amount_due", "between"): _lt("with %(value)s to %(limit)s due"),
    ("age", ">="): _lt("that are at least %(value)s old"),
    ("age", ">"): _lt("that are more than %(value)s old"),
    ("age", "<="): _lt("that are at most %(value)s old"),
    ("age", "<"): _lt("that are less than %(value)s old"),
    ("age", "="): _lt("that are exactly %(value)s old"),
    ("age", "!="): _lt("that are not exactly %(value)s old"),
    ("age", "between"): _lt("that are %(value)s to %(limit)s old"),
    ("due_in", ">="): _lt("that are due in %(value)s or more"),
    ("due_in", ">"): _lt("that are due in more than %(value)s"),
    ("due_in", "<="): _lt("that are due in %(value)s or less"),
    ("due_in", "<"): _lt("that are due in less than %(value)s"),
    ("due_in", "="): _lt("that are due in exactly %(value)s"),
    ("due_in", "!="): _lt("that are not due in exactly %(value)s"),
    ("due_in", "between"): _lt("that are due in %(value)s to %(limit)s"),
    ("overdue", ">="): _lt("that are past due by %(value)s or more"),
    ("overdue", ">"): _lt("that are past due by more than %(value)s"),
    ("overdue", "<="): _lt("that are past due by %(value)s or less"),
    ("overdue", "<"): _lt("that are past due by less than %(value)s"),
    ("overdue", "="): _lt("that are past due by exactly %(value)s"),
    ("overdue", "!="): _lt("that are not past due by exactly %(value)s"),
    ("overdue", "between"): _lt("that are past due by %(value)s to %(limit)s"),
    ("line_text", "contains"): _lt("with a line that contains %(value)s"),
    ("line_text", "not contains"): _lt("without a line that contains %(value)s"),
    ("line_text", "in"): _lt("with a line that reads %(value)s"),
    ("line_text", "not in"): _lt("without a line that reads %(value)s"),
    ("line_product", "in"): _lt("for %(value)s"),
    ("line_product", "not in"): _lt("not for %(value)s"),
    ("category", "in"): _lt("for products of category %(value)s"),
    ("category", "not in"): _lt("without products of category %(value)s"),
    ("reference", "contains"): _lt("whose reference contains %(value)s"),
    ("reference", "not contains"): _lt("whose reference does not contain %(value)s"),
    ("reference", "in"): _lt("with the reference %(value)s"),
    ("reference", "not in"): _lt("without the reference %(value)s"),
    ("journal", "in"): _lt("of journal %(value)s"),
    ("journal", "not in"): _lt("of other journals than %(value)s"),
    ("salesperson", "in"): _lt("sold by %(value)s"),
    ("salesperson", "not in"): _lt("not sold by %(value)s"),
    ("analytic", "in"): _lt("on analytic account %(value)s"),
    ("analytic", "not in"): _lt("not on analytic account %(value)s"),
    ("tag", "in"): _lt("of customers tagged %(value)s"),
    ("tag", "not in"): _lt("of customers not tagged %(value)s"),
    ("currency", "in"): _lt("in %(value)s"),
    ("currency", "not in"): _lt("in other currencies than %(value)s"),
    ("payment_term", "in"): _lt("with payment terms %(value)s"),
    ("payment_term", "not in"): _lt("with other payment terms than %(value)s"),
    ("series", "in"): _lt("of the recurring series %(value)s"),
    ("series", "not in"): _lt("not of the recurring series %(value)s"),
}

# For kinds of other modules without phrases of their own.
OTHER_PHRASES = {
    "in": _lt("with %(kind)s %(value)s"),
    "not in": _lt("without %(kind)s %(value)s"),
    "contains": _lt("whose %(kind)s contains %(value)s"),
    "not contains": _lt("whose %(kind)s does not contain %(value)s"),
    "between": _lt("whose %(kind)s is %(value)s to %(limit)s"),
    "=": _lt("whose %(kind)s is %(value)s"),
    "!=": _lt("whose %(kind)s is not %(value)s"),
    "<": _lt("whose %(kind)s is less than %(value)s"),
    "<=": _lt("whose %(kind)s is %(value)s or less"),
    ">": _lt("whose %(kind)s is more than %(value)s"),
    ">=": _lt("whose %(kind)s is %(value)s or more"),
}


def get_phrase(env, sentence, kind, operator, **values):
    """Return what a condition says, to follow "Pay invoices".

    :param sentence: the phrase of its kind and operator; without one, a general one
    :param kind: its ``Kind``
    :param values: *value*, and *limit* for *between*, as texts
    """
    phrase = env._(sentence or OTHER_PHRASES[operator])
    return phrase % {"kind": env._(kind.label), "limit": "", **values}


def get_days_text(env, days):
    """Return a number of days in words."""
    if abs(days) == 1:
        return env._("%(count)s day", count=days)
    return env._("%(count)s days", count=days)


def get_age_text(env, days, ahead=False):
    """Return how long ago a day is in words, or how far ahead.

    :param int days: so many; what lies on the other side of today is told as such
    :param bool ahead: whether days to come are counted
    """
    if days >= 0:
        return get_days_text(env, days)
    text = get_days_text(env, -days)
    return env._("%s ago", text) if ahead else env._("still %s ahead", text)
