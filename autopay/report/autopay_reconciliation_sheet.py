from odoo import api, models

# Column of the spreadsheet: field of a line, width in characters.
COLUMNS = [
    ("kind", 32),
    ("date", 18),
    ("attempt_id", 14),
    ("attempt_state", 16),
    ("partner_id", 28),
    ("move_id", 18),
    ("attempt_amount", 12),
    ("charge_amount", 12),
    ("payment_amount", 12),
    ("currency_id", 9),
    ("payment_id", 22),
    ("object_ref", 32),
    ("charge_ref", 32),
    ("charge_status", 14),
    ("tag", 24),
    ("explanation", 80),
]
TOTALS = [
    (name, 14)
    for name in ("currency_id", "attempts", "charges", "payments", "difference")
]


class AutopayReconciliationSheet(models.AbstractModel):
    """Writes a reconciliation as a spreadsheet."""

    _name = "autopay.reconciliation.sheet"
    _inherit = ["autopay.sheet"]
    _description = "Spreadsheet of a Reconciliation of Charges"

    @api.model
    def _get_content(self, reconciliation):
        """Return the spreadsheet's bytes: lines on one sheet, totals on another."""
        lines = reconciliation.line_ids._filtered_access("read")
        totals = reconciliation.total_ids._filtered_access("read")
        return self._get_book(
            [
                (self.env._("Charges"), lines, COLUMNS),
                (self.env._("Totals"), totals, TOTALS),
            ]
        )
