"""Kinds of conditions about sales orders, added to those of `autopay`."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.autopay.conditions.kinds import Kind

_lt = LazyTranslate(__name__)

# An invoice may be of several orders, and an order of several invoices.
KINDS = {
    "sale_order": Kind(
        _lt("Sales Order"),
        "records",
        "invoice_line_ids.sale_line_ids.order_id",
        "sale_order_ids",
        single=False,
    ),
    "sale_tag": Kind(
        _lt("Sales Order Tag"),
        "records",
        "invoice_line_ids.sale_line_ids.order_id.tag_ids",
        "sale_tag_ids",
        single=False,
    ),
}

PHRASES = {
    ("sale_order", "in"): _lt("for sales order %(value)s"),
    ("sale_order", "not in"): _lt("not for sales order %(value)s"),
    ("sale_tag", "in"): _lt("for sales orders tagged %(value)s"),
    ("sale_tag", "not in"): _lt("not for sales orders tagged %(value)s"),
}
