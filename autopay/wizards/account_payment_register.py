from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        """Override of `account`: no second charge of what is being collected."""
        if self.payment_token_id:
            moves = self.line_ids.move_id
            moves._lock_autopay()
            moves._check_autopay_free()
        return super()._create_payments()
