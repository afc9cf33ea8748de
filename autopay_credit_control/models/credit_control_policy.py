from odoo import models


class CreditControlPolicy(models.Model):
    _inherit = "credit.control.policy"

    def _get_move_lines_to_process(self, credit_control_run):
        """Override of `account_credit_control`: what will be charged is not due."""
        lines = super()._get_move_lines_to_process(credit_control_run)
        quiet = lines.move_id._filter_autopay_quiet()
        return lines.filtered(lambda line: line.move_id not in quiet)
