from odoo import fields, models

from ...const.invoice import ALLOWED_KINDS, OWN_PREFETCH
from ...rights import STAFF_GROUPS


class AutopayMoveKind(models.AbstractModel):
    """Lets an invoice say which kind of payment method may pay it."""

    _name = "autopay.move.kind"
    _description = "Kind of Method That May Pay an Invoice"

    autopay_allowed_kinds = fields.Selection(
        ALLOWED_KINDS,
        string="May Be Paid by",
        tracking=True,
        prefetch=OWN_PREFETCH,
        groups=STAFF_GROUPS,
        help="Methods of another kind are passed over when the invoice is charged. "
        "Empty: cards and bank debits. A copy of the invoice keeps it.",
    )

    def _is_autopay_kind_allowed(self, token):
        """Return whether a payment method, perhaps none, is of a kind that may pay."""
        self.ensure_one()
        kind = self.autopay_allowed_kinds
        return not kind or not token or (kind == "debit") == token._is_autopay_debit()

    def _get_autopay_kind_words(self):
        """Return which kind may pay, in the user's language; empty when any may."""
        self.ensure_one()
        field = self._fields["autopay_allowed_kinds"]
        labels = dict(field._description_selection(self.env))
        return labels.get(self.autopay_allowed_kinds, "")
