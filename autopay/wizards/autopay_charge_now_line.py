from odoo import fields, models

from .. import const


class AutopayChargeNowLine(models.TransientModel):
    """What charging now would do, or did, with one invoice."""

    _name = "autopay.charge.now.line"
    _description = "Charge Invoices Now Line"

    wizard_id = fields.Many2one("autopay.charge.now", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", string="Invoice", ondelete="cascade")
    # With the rights of the user: a form asks before any rule has looked at it.
    partner_id = fields.Many2one(
        related="move_id.partner_id", string="Customer", related_sudo=False
    )
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    amount = fields.Monetary(readonly=True)
    method = fields.Char(string="Payment Method", readonly=True)
    blocker = fields.Selection(const.SKIP_REASONS, string="Skipped", readonly=True)
    explanation = fields.Text(readonly=True)
    outcome = fields.Selection(
        [
            ("charged", "Charged"),
            ("pending", "Pending"),
            ("failed", "Failed"),
            ("open", "To resolve"),
            ("skipped", "Skipped"),
        ],
        readonly=True,
    )
    attempt_id = fields.Many2one("autopay.attempt", readonly=True)

    def _set_outcome(self, outcome, attempt):
        """Keep what became of the invoice's attempt."""
        self.write(
            {
                "outcome": outcome,
                "attempt_id": attempt.id,
                "explanation": attempt.explanation,
            }
        )

    def _set_skipped(self, decision, runs):
        """Keep why the engine did not charge the invoice."""
        stopped = "\n".join(run.stopped_text for run in runs if run.stopped_text)
        words = decision.get_words(self.env) if decision.blocker else stopped
        late = self.env._("The time was up before its turn came. Charge it again.")
        self.write({"outcome": "skipped", "explanation": words or late})
