from odoo import api, fields, models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    autopay_held_names = fields.Char(
        compute="_compute_autopay_held_names",
        help="The invoices that autopay is collecting at this moment.",
    )

    @api.depends("line_ids")
    def _compute_autopay_held_names(self):
        for wizard in self:
            held = wizard.line_ids.move_id._get_autopay_live_lines().move_id
            wizard.autopay_held_names = ", ".join(held.mapped("name"))

    def _create_payments(self):
        """Override of `account`: no second charge of what is being collected."""
        if self.payment_token_id:
            moves = self.line_ids.move_id
            moves._lock_autopay()
            moves._check_autopay_free()
        self._read_autopay_collected()
        return super()._create_payments()

    def _read_autopay_collected(self):
        """Read together what was collected for the invoices that are paid.

        Odoo reconciles one payment after the other, and each is asked about. Each
        invoice is written as well, and Odoo then reads all fields that are tracked.
        """
        invoices = self.sudo().line_ids.move_id._filter_autopay_collectable()
        invoices.mapped("autopay_date")
        invoices.filtered("autopay_status").mapped(
            "autopay_attempt_line_ids.attempt_id"
        )
