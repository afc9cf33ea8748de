from odoo import models

# While an invoice is being charged its date is the attempt's business.
UPDATED_STATUSES = ("eligible", "error", "success")


class AutopayMoveParts(models.Model):
    """Moves an invoice that is payable in parts on to its next part.

    Whoever pays a part, in whichever way: the autopay date is then that of the next.
    """

    _inherit = "account.move"

    def _count_autopay_parts(self):
        """Return {move: how many of its parts are paid} of those that are divided.

        Of invoices on autopay only, and not of those that are being charged.
        """
        invoices = self.sudo().filtered(
            lambda move: (
                move.autopay_status in UPDATED_STATUSES
                and move.company_id.autopay_known
            )
        )
        return self.env["autopay.due"]._count_collected(invoices)

    def _update_autopay_parts(self, before):
        """Give invoices the day of their next part when the parts that are paid change.

        A day that was set by hand was for the part that is paid now.

        :param dict before: what ``_count_autopay_parts`` said before
        """
        self.env["autopay.installment"]._forget_paid()
        # A credit note may take off what was put on a planned invoice, and no part.
        self.sudo().filtered("autopay_planned").autopay_plan_id._close_raised()
        self.env["autopay.discount"]._follow_payments(self.sudo())
        after = self._count_autopay_parts()
        changed = self.sudo().filtered(
            lambda move: (
                move in before.keys() & after.keys()
                and before[move] != after[move]
                and move._is_autopay_open()
            )
        )
        changed._give_rule_dates()
        paid = changed.filtered(lambda move: after[move] > before[move])
        paid._end_failed_part()

    def _end_failed_part(self):
        """Put invoices back on autopay whose failed part was paid without it."""
        settled = self.filtered(
            lambda move: (
                move.autopay_status == "error"
                and not (move.autopay_in_dispute or move.autopay_refunded)
                and move.autopay_date > move.company_id._get_autopay_today()
            )
        )
        if settled:
            settled._write_autopay(
                {
                    "autopay_status": "eligible",
                    "autopay_retry_date": False,
                    "autopay_fallback_token_id": False,
                }
            )
            self.env["autopay.refusal.notice"]._close_settled(settled)
