from odoo import api, models


class CreditControlCommunication(models.Model):
    _inherit = "credit.control.communication"

    @api.model
    def _generate_comm_from_credit_lines(self, lines):
        """Override of `account_credit_control`: a charge may be planned by now.

        Days can pass between a run and its mails and letters. Ignored lines are found
        again by the next run if the charge has failed.
        """
        quiet = lines.invoice_id._filter_autopay_quiet()
        ignored = lines.filtered(lambda line: line.invoice_id in quiet)
        ignored.write({"state": "ignored"})
        return super()._generate_comm_from_credit_lines(lines - ignored)
