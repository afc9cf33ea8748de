"""Kinds of conditions about contracts, added to those of `autopay`."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.autopay.conditions.kinds import Kind

_lt = LazyTranslate(__name__)

# Nothing keeps the lines of an invoice from being of several contracts.
KINDS = {
    "contract": Kind(
        _lt("Contract"),
        "records",
        "invoice_line_ids.contract_line_id.contract_id",
        "contract_ids",
        advanced=False,
        public=True,
        single=False,
    ),
}

PHRASES = {
    ("contract", "in"): _lt("for contract %(value)s"),
    ("contract", "not in"): _lt("not for contract %(value)s"),
}
