from odoo import api, models

# Fields that make up the amount of an invoice.
FROZEN_FIELDS = {
    "account_id",
    "amount_currency",
    "balance",
    "credit",
    "currency_id",
    "debit",
    "discount",
    "partner_id",
    "price_unit",
    "product_id",
    "quantity",
    "tax_ids",
}


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["autopay.company.check", "account.move.line"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account` to note who edits what an invoice comes to."""
        lines = super().create(vals_list)
        lines.move_id._set_autopay_editor()
        return lines

    def write(self, vals):
        """Override of `account`: what is being collected keeps its amount.

        :raises UserError: when a frozen field of such an invoice is written
        """
        if (
            FROZEN_FIELDS & vals.keys()
            and self.env["res.company"]._is_autopay_known_anywhere()
        ):
            self._check_autopay_frozen()
            self.move_id._set_autopay_editor()
        res = super().write(vals)
        if "date_maturity" in vals and not self.env.context.get("autopay_dating"):
            self._update_autopay_dates()
        return res

    def _update_autopay_dates(self):
        """Have the autopay dates by the rule follow the days on which parts are due."""
        if known := self.move_id._filter_autopay_known():
            posted = known.filtered(lambda move: move.state == "posted")
            posted.sudo()._update_autopay_dates()

    def _check_autopay_frozen(self):
        """Refuse to change the lines of what is being collected.

        :raises UserError: what holds it
        """
        posted = self.move_id.filtered(lambda move: move.state == "posted")
        if posted._filter_autopay_busy():
            self.check_access("write")
            posted._check_autopay_free()

    @api.ondelete(at_uninstall=False)
    def _unlink_set_autopay_editor(self):
        self.move_id._set_autopay_editor()
