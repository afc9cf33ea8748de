from odoo import api, fields, models

from .. import const
from ..rights import STAFF_GROUPS


class AutopayExplanation(models.AbstractModel):
    """What staff are told about an invoice; customers who read it see none of that.

    Banks forbid to tell a card holder that a card was reported stolen, for example.
    """

    _name = "autopay.explanation"
    _description = "Explanation of an Invoice on Autopay"

    autopay_outcome = fields.Text(
        string="Last Outcome",
        compute="_compute_autopay_response",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_response = fields.Text(
        compute="_compute_autopay_response",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="What the payment provider answered to the last attempt.",
    )
    autopay_reversal_count = fields.Integer(
        compute="_compute_autopay_reversal_count",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_blocker = fields.Selection(
        const.BLOCKERS,
        compute="_compute_autopay_blocker",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="Why the invoice would not be charged now; empty: it would.",
    )
    autopay_explanation = fields.Text(
        compute="_compute_autopay_blocker",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="Whether the invoice will be charged, when and with what, or why not.",
    )

    # === COMPUTE METHODS === #

    @api.depends("autopay_attempt_line_ids.attempt_id.response")
    def _compute_autopay_response(self):
        notification = self.env["autopay.notification"]
        for move in self:
            last = move.autopay_attempt_line_ids.attempt_id.sorted("id")[-1:]
            move.autopay_outcome = last.explanation
            move.autopay_response = last and notification._get_response_text(last)

    @api.depends("autopay_attempt_line_ids.attempt_id.reversal_ids")
    def _compute_autopay_reversal_count(self):
        for move in self:
            attempts = move.autopay_attempt_line_ids.attempt_id
            move.autopay_reversal_count = len(attempts.reversal_ids)

    @api.depends_context("uid", "lang")
    @api.depends(
        "state",
        "amount_residual",
        "autopay_status",
        "autopay_date",
        "autopay_token_id",
        "autopay_hold_date",
        "autopay_in_dispute",
        "autopay_retry_date",
        "autopay_approval_ids.state",
        "partner_id",
    )
    def _compute_autopay_blocker(self):
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        (self - invoices).update({"autopay_blocker": False, "autopay_explanation": ""})
        decisions = self.env["autopay.decision"]._decide(invoices)
        for move, decision in decisions.items():
            move.autopay_blocker = decision.blocker
            move.autopay_explanation = decision.get_words(self.env)
