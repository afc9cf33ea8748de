from odoo import api, models

# Columns of each sheet: field, width in characters.
CHARGES = [
    ("date", 12),
    ("move_id", 18),
    ("partner_id", 28),
    ("amount", 12),
    ("together_amount", 16),
    ("currency_id", 9),
    ("method", 26),
    ("provider_id", 14),
    ("configuration_words", 60),
    ("company_id", 24),
]
SKIPS = [
    ("move_id", 18),
    ("partner_id", 28),
    ("amount", 12),
    ("currency_id", 9),
    ("reason", 80),
    ("change_date", 16),
    ("company_id", 24),
]
TOTALS = [
    ("company_id", 24),
    ("provider_id", 14),
    ("date", 12),
    ("currency_id", 9),
    ("charge_count", 9),
    ("amount", 12),
]


class AutopayDryRunSheet(models.AbstractModel):
    """Writes a dry run as a spreadsheet."""

    _name = "autopay.dry.run.sheet"
    _inherit = ["autopay.sheet"]
    _description = "Spreadsheet of a Charge Preview"

    @api.model
    def _get_content(self, dry_run):
        """Return the spreadsheet's bytes: what the user may read of it."""
        # Of payment providers, accountants may know the names.
        known = dry_run.sudo()
        lines = dry_run.line_ids._filtered_access("read").sudo()
        totals = dry_run.total_ids._filtered_access("read").sudo()
        return self._get_book(
            [
                (self.env._("Would Be Charged"), lines & known.charge_ids, CHARGES),
                (self.env._("Would Not Be Charged"), lines & known.skip_ids, SKIPS),
                (self.env._("Totals"), totals, TOTALS),
            ]
        )
