from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ... import const
from ...const.invoice import UNPAID_STATES
from ...rights import MANAGER_GROUP, check_billing

# Invoices that are looked at ahead of their date, in each run of a company.
ASK_AHEAD = 100


class AutopayApproval(models.Model):
    """A second person's word on one charge above the company's limit.

    It holds for this invoice, amount and payment method: with another amount or method
    it lapses, and once the money was taken it is used up.
    """

    _name = "autopay.approval"
    _description = "Approval of a Charge"
    _inherit = [
        "autopay.default.guard",
        "autopay.status.source",
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
    refusal_reason = fields.Text(
        string="Why Refused",
        readonly=True,
        tracking=True,
        help="Shown on the invoice as well, to whoever asked.",
    )
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

    def action_ask_reason(self):
        """Ask why, then keep the charges from being taken."""
        self._check_may_decide_all()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_refuse_action"
        )
        return {**action, "context": {"default_approval_ids": self.ids}}

    def action_refuse(self, reason=""):
        """Keep the charges from being taken.

        :param str reason: why, for whoever asked; it need not be given
        """
        self._decide("refused", reason)

    def action_ask_again(self):
        """Put refused charges before a billing manager once more."""
        check_billing(self)
        self.check_access("read")
        refused = self.sudo().filtered(lambda rec: rec.state == "refused")
        moves = refused.move_id
        refused._set_state("lapsed")
        self._request(moves, self.env.user)

    # === BUSINESS METHODS === #

    def _decide(self, state, reason=""):
        """Take in the word of a second billing manager.

        :param str reason: why it is refused
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
                    "refusal_reason": (reason or "").strip(),
                }
            )
            approval.sudo()._set_state(state)

    def _check_may_decide_all(self):
        self.check_access("read")
        for approval in self:
            approval._check_may_decide()

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
            if state == "refused":
                label = " ".join([label, *approval._get_reason_words()])
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

    def _get_reason_words(self):
        """Return why it was refused, in quotation marks; nothing when nobody said it.

        :return: a list of one text, or none
        """
        reason = " ".join((self.refusal_reason or "").split())
        return [self.env._("“%s”", reason)] if reason else []

    def _fits(self, decision):
        """Return whether it was asked for this amount and method."""
        self.ensure_one()
        same = self.currency_id == decision.move.currency_id and (
            self.currency_id.compare_amounts(self.amount, decision.amount) == 0
        )
        return same and self.token_id == decision.token

    def _lapse_when_changed(self):
        """Let lapse what is not what would be charged any more.

        A charge that a person wants now can be by another method, or of another amount,
        than the one on the invoice's own day.
        """
        changed = self
        for mode in ("scheduled", "now"):
            decisions = self.env["autopay.decision"]._decide(changed.move_id, mode)
            changed = changed.filtered(
                lambda rec, found=decisions: not rec._fits(found[rec.move_id])
            )
        changed._set_state("lapsed")

    # === ASKING === #

    @api.model
    def _get_open(self, moves):
        """Return {move id: approval} that was asked for and is not over."""
        found = self.sudo().search(
            [
                ("move_id", "in", moves.ids),
                ("state", "in", ("waiting", "approved", "refused")),
            ]
        )
        return {approval.move_id.id: approval for approval in found}

    @api.model
    def _request(self, moves, user=None, tokens=None):
        """Ask for the approvals that these invoices need.

        :param user: who asks; by default who put each invoice on autopay
        :param dict tokens: {move id: token} that a person has chosen for a charge now
        """
        limited = moves.filtered(
            lambda move: (
                move.company_id.autopay_approval_limit and move.state == "posted"
            )
        )
        if limited:
            decide = self.env["autopay.decision"].sudo()._decide
            mode = "now" if tokens else "scheduled"
            decisions = decide(limited.sudo(), mode, tokens)
            self._request_for(decisions.values(), user)

    @api.model
    def _get_unasked(self, companies):
        """Return invoices above the limit that nobody was asked about yet.

        The next ones to be charged; the rest has its turn in later runs.
        """
        found = self.env["account.move"]
        for company in companies.filtered("autopay_approval_limit"):
            domain = [
                ("company_id", "=", company.id),
                ("autopay_status", "=", "eligible"),
                ("state", "=", "posted"),
                ("payment_state", "in", UNPAID_STATES),
                ("amount_residual_signed", ">", company.autopay_approval_limit),
                (
                    "autopay_approval_ids",
                    "not any",
                    [("state", "in", ("waiting", "approved", "refused"))],
                ),
            ]
            unasked = found.search(domain, order="autopay_date, id")
            found |= self._filter_above_limit(company, unasked)[:ASK_AHEAD]
        return found

    def _filter_above_limit(self, company, moves):
        """Return the invoices of which a charge is above the limit, part by part."""
        if not moves:
            return moves
        today = company._get_autopay_today()
        dues = self.env["autopay.due"]._get_dues(moves, today)
        limit = company.autopay_approval_limit
        return moves.filtered(
            lambda move: (
                dues[move].parts == 1
                or move.currency_id._convert(
                    max(dues[move].amount, dues[move].whole),
                    company.currency_id,
                    company,
                    today,
                )
                > limit
            )
        )

    @api.model
    def _request_for(self, decisions, user=None):
        """Ask for what these decisions lack; what was asked for otherwise lapses."""
        new = self._get_unanswered(decisions)
        asked_before = [approval for _decision, approval in new]
        self.sudo().union(*asked_before)._set_state("lapsed")
        vals_list = [
            self._prepare_request_vals(decision, user or approval._get_changer())
            for decision, approval in new
        ]
        self._keep_chosen([decision for decision, _approval in new])
        for approval in self.sudo().create(vals_list):
            if approval.requested_by_id:
                approval.move_id._set_autopay_editor(approval.requested_by_id)
            approval._ask()

    def _keep_chosen(self, decisions):
        """Keep on the invoices which method a person has chosen for their charge.

        What is approved is charged then: by the rules another method would pay by the
        time that somebody approves, and the approval would be for nothing.
        """
        for decision in decisions:
            if decision.choice.source == "person":
                token = {"autopay_token_id": decision.token.id}
                decision.move._write_autopay(token)

    @api.model
    def _get_unanswered(self, decisions):
        """Return (decision, its open approval or none) of what nobody was asked yet."""
        wanted = [each for each in decisions if each.blocker == "needs_approval"]
        moves = self.env["account.move"].union(*(each.move for each in wanted))
        asked = self._get_open(moves)
        pairs = [(each, asked.get(each.move.id, self.browse())) for each in wanted]
        return [pair for pair in pairs if not pair[1]._answers(pair[0])]

    def _answers(self, decision):
        """Return whether there is a question, and it is about this charge."""
        return bool(self) and self._fits(decision)

    def _get_changer(self):
        """Return who changed what was asked for; nobody when a job found it out."""
        person = self._get_person()
        return person if self else person.browse()

    @api.model
    def _get_person(self):
        """Return who is at work; nobody when it is a job."""
        user = self.env.user
        return user.browse() if user._is_superuser() else user

    def _prepare_request_vals(self, decision, user):
        move = decision.move
        return {
            "move_id": move.id,
            "company_id": move.company_id.id,
            "currency_id": move.currency_id.id,
            "amount": decision.amount,
            "token_id": decision.token.id,
            "requested_by_id": (user or move.autopay_marked_by_id).id,
        }

    def _ask(self):
        """Give a second billing manager an activity."""
        self.ensure_one()
        self.activity_schedule(
            "autopay.mail_activity_type_attention",
            summary=self.env._(
                "Approve the charge of %(amount)s for %(invoice)s",
                amount=self.currency_id.format(self.amount),
                invoice=self.move_id.display_name,
            ),
            user_id=self._get_second_person().id,
        )

    def _get_second_person(self):
        """Return the billing manager who is asked: not the one who asks."""
        responsible = self.company_id._get_autopay_responsible()
        managers = self.company_id._get_autopay_managers()
        second = managers - self._get_first_persons()
        # Without a second one, whoever is in charge must hear that one is lacking.
        called = self.company_id._get_autopay_called()
        return responsible & second or second.sorted("id")[:1] or called
