"""The kinds of conditions of a configuration, as a table other modules extend."""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# More than anybody means; amounts beyond are not exact any more.
MAX_AMOUNT = 1e13
MAX_TEXT = 1000

# How operators are called. Keys are stored on conditions.
OPERATORS = [
    ("=", "is"),
    ("!=", "is not"),
    ("<", "less than"),
    ("<=", "at most"),
    (">", "more than"),
    (">=", "at least"),
    ("between", "between"),
    ("in", "is any of"),
    ("not in", "is none of"),
    ("contains", "contains"),
    ("not contains", "does not contain"),
]

NUMBER_OPERATORS = (">=", ">", "<=", "<", "between", "=", "!=")

# Operators for each type of value; the first is proposed.
VALUE_OPERATORS = {
    "amount": NUMBER_OPERATORS,
    "days": NUMBER_OPERATORS,
    "text": ("contains", "not contains", "in", "not in"),
    "records": ("in", "not in"),
}

# The operator that holds whenever the other does not.
NEGATED_OPERATORS = {"!=": "=", "not in": "in", "not contains": "contains"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of condition.

    :param label: how people call it
    :param value: a key of ``VALUE_OPERATORS``: the type of its values
    :param path: the field of the invoice it looks at, dots lead through other records
    :param values: the condition's field with the chosen records; for *records* only
    :param advanced: whether it is offered after *Advanced* only
    :param public: whether customers may use it in their own configurations
    :param single: whether an invoice has one such value at most, so that "A" and "B"
        cannot both hold
    :param days: for *days*: 1 where a later date means more days, -1 where it means
        fewer; how many days there are is counted from the date at ``path``
    :param hierarchy: whether the records below the chosen ones count as well
    :param also: another such field, whose records count as well
    """

    label: str
    value: str
    path: str
    values: str = ""
    advanced: bool = True
    public: bool = False
    single: bool = True
    days: int = 0
    hierarchy: bool = False
    also: str = ""


KINDS = {
    "amount_total": Kind(
        _lt("Amount"), "amount", "amount_total", advanced=False, public=True
    ),
    "amount_due": Kind(
        _lt("Amount Due"), "amount", "amount_residual", advanced=False, public=True
    ),
    "line_text": Kind(
        _lt("Line Item Text"),
        "text",
        "invoice_line_ids.name",
        advanced=False,
        public=True,
        single=False,
    ),
    "line_product": Kind(
        _lt("Line Item Product"),
        "records",
        "invoice_line_ids.product_id",
        "product_ids",
        advanced=False,
        public=True,
        single=False,
    ),
    "age": Kind(_lt("Invoice Age (Days)"), "days", "invoice_date", public=True, days=1),
    "due_in": Kind(
        _lt("Days Until Due"), "days", "invoice_date_due", public=True, days=-1
    ),
    "overdue": Kind(
        _lt("Days Past Due"), "days", "invoice_date_due", public=True, days=1
    ),
    "category": Kind(
        _lt("Product Category"),
        "records",
        "invoice_line_ids.product_id.categ_id",
        "category_ids",
        single=False,
        hierarchy=True,
    ),
    "reference": Kind(_lt("Customer Reference"), "text", "ref", public=True),
    "journal": Kind(_lt("Journal"), "records", "journal_id", "journal_ids"),
    "salesperson": Kind(_lt("Salesperson"), "records", "invoice_user_id", "user_ids"),
    "analytic": Kind(
        _lt("Analytic Account"),
        "records",
        "invoice_line_ids.distribution_analytic_account_ids",
        "analytic_account_ids",
        single=False,
    ),
    "tag": Kind(
        _lt("Customer Tag"),
        "records",
        "partner_id.category_id",
        "tag_ids",
        single=False,
        hierarchy=True,
        also="commercial_partner_id.category_id",
    ),
    "currency": Kind(
        _lt("Currency"), "records", "currency_id", "currency_ids", public=True
    ),
    "payment_term": Kind(
        _lt("Payment Terms"), "records", "invoice_payment_term_id", "payment_term_ids"
    ),
    "series": Kind(
        _lt("Recurring Series"), "records", "auto_post_origin_id", "series_ids"
    ),
}
