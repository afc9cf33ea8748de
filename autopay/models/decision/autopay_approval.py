from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ... import const
from ...rights import MANAGER_GROUP, check_billing


class AutopayApproval(models.Model):
    """A second person's word on one charge above the company's limit.

    It holds for this invoice, amount and payment method: with another amount or method
    it lapses, and once the money was taken it is used up.
    """

    _name = "autopay.approval"
    _description = "Approval of a Charge"
    _inherit = [
        "autopay.default.guard",
        "autopay.approval.request",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_name = "move_id"
    _check_company_auto = True
    # Nobody writes approvals by hand, yet those who see one may comment on it.
    _mail_post_access = "read"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", string="Customer", store=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    autopay_date = fields.Date(related="move_id.autopay_date")
    state = fields.Selection(
        const.decision.APPROVAL_STATES,
        required=True,
        readonly=True,
        default="waiting",
        index=True,
        tracking=True,
    )
    requested_by_id = fields.Many2one(
        "res.users",
        string="Requested by",
        readonly=True,
        help="Whoever edited the invoice, posted it or put it on autopay cannot "
        "approve its charge as well.",
    )
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, tracking=True
    )
    decided_date = fields.Datetime(string="Decided on", readonly=True)
    may_decide = fields.Boolean(compute="_compute_may_decide")
    decide_refusal = fields.Text(
        compute="_compute_may_decide",
        help="Why you are not the one who decides; empty: you may.",
    )

    # One open question for each invoice.
    _open_move_uniq = models.UniqueIndex(
        "(move_id) WHERE state IN ('waiting', 'approved', 'refused')",
        "The charge of this invoice waits for approval already.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "lang")
    @api.depends("state", "requested_by_id")
    def _compute_may_decide(self):
        for approval in self:
            refusal = approval._get_decide_refusal()
            approval.decide_refusal = refusal
            approval.may_decide = approval.state == "waiting" and not refusal

    # === ACTION METHODS === #

    def action_approve(self):
        """Let the charges be taken on their autopay date."""
        self._decide("approved")

    def action_refuse(self):
        """Keep the charges from being taken."""
        self._decide("refused")

    def action_ask_again(self):
        """Put refused charges before a billing manager once more."""
        check_billing(self)
        self.check_access("read")
        refused = self.sudo().filtered(lambda rec: rec.state == "refused")
        moves = refused.move_id
        refused._set_state("lapsed")
        self._request(moves, self.env.user)

    # === BUSINESS METHODS === #

    def _decide(self, state):
        """Take in the word of a second billing manager.

        :raises AccessError: when the user is none, or the first person
        :raises UserError: when there is nothing to decide any more
        """
        self.check_access("read")
        for approval in self:
            approval._check_may_decide()
            approval.sudo()._lapse_when_changed()
            if approval.state != "waiting":
                raise UserError(
                    self.env._(
                        "The charge of %s has changed or is over: nothing to decide.",
                        approval.move_id.display_name,
                    )
                )
            approval.sudo().write(
                {
                    "decided_by_id": self.env.uid,
                    "decided_date": fields.Datetime.now(),
                }
            )
            approval.sudo()._set_state(state)

    def _check_may_decide(self):
        if refusal := self._get_decide_refusal():
            raise AccessError(refusal)

    def _get_decide_refusal(self):
        """Return why the user is not the one who decides; empty when it may be."""
        # Not even who acts for others: a robot is no second person.
        if not self.env.user.has_group(MANAGER_GROUP):
            return self.env._(
                "Only billing managers may approve charges above the limit."
            )
        if self.env.user in self._get_first_persons():
            return self.env._(
                "You have edited or posted %s or put it on autopay yourself: "
                "another billing manager must approve its charge.",
                self.move_id.display_name,
            )
        return ""

    def _creation_message(self):
        """Override of `mail` to say what is asked."""
        return self.env._(
            "Approval asked for: %(amount)s of %(invoice)s with %(method)s",
            amount=self.currency_id.format(self.amount),
            invoice=self.move_id.display_name,
            method=self.token_id._get_autopay_label(),
        )

    def _get_first_persons(self):
        """Return who has a hand in the charge already: a second person is another.

        Whoever made up the amount has, too, when a scheduled job does the rest.
        """
        return self.requested_by_id | self.move_id._get_autopay_editors()

    def _set_state(self, state):
        """Write the state, close the activities, and tell the invoice's chatter."""
        for approval in self.filtered(lambda rec: rec.state != state):
            approval.state = state
            label = dict(self._fields["state"]._description_selection(self.env))[state]
            approval.activity_feedback(
                ["autopay.mail_activity_type_attention"], feedback=label
            )
            approval.move_id._message_log(
                body=self.env._(
                    "Charge of %(amount)s with %(method)s: %(state)s",
                    amount=approval.currency_id.format(approval.amount),
                    method=approval.token_id._get_autopay_label(),
                    state=label,
                ),
                author_id=self.env.user.partner_id.id,
            )
        # A new question may follow at once, and there is one for each invoice.
        self.flush_recordset(["state"])

    def _fits(self, decision):
        """Return whether it was asked for this amount and method."""
        self.ensure_one()
        same = self.currency_id == decision.move.currency_id and (
            self.currency_id.compare_amounts(self.amount, decision.amount) == 0
        )
        return same and self.token_id == decision.token

    def _lapse_when_changed(self):
        """Let lapse what is not what would be charged any more."""
        decisions = self.env["autopay.decision"]._decide(self.move_id)
        self.filtered(lambda rec: not rec._fits(decisions[rec.move_id]))._set_state(
            "lapsed"
        )
