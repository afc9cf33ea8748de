from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ... import const
from ...const.deadline import ATTEMPT_WAITS, SILENT_HOURS
from ...fields import BigInteger
from ...gateways.base import ChargeRequest
from ...rights import check_billing, check_manager

# States that a person may end by saying what became of the charge, once it is late and
# its provider silent.
STATEABLE_STATES = (
    *const.attempt.UNCHARGED_STATES,
    *const.attempt.WAITING_STATES,
    "declined",
)


# States with which other invoices of the customer may stand otherwise.
TOLD_STATES = ("unknown", "pending", "action_required", "declined")


class AutopayAttempt(models.Model):
    """One try to collect: the state machine between an invoice and a provider."""

    _name = "autopay.attempt"
    _description = "Autopay Charge"
    _inherit = [
        "autopay.default.guard",
        "autopay.status.source",
        "autopay.attempt.state",
        "autopay.attempt.schedule",
        "autopay.attempt.resolution",
        "autopay.attempt.worklist",
        "autopay.attempt.refund",
        "autopay.attempt.aside",
        "autopay.attempt.confirmation",
        "autopay.attempt.recovery",
        "autopay.attempt.screen",
        "autopay.noticed",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _autopay_status_fields = frozenset({"state", "mismatch"})
    # People may comment on what nobody may change.
    _mail_post_access = "read"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    # Links.
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    run_id = fields.Many2one(
        "autopay.run", readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    provider_id = fields.Many2one(
        "payment.provider", required=True, readonly=True, ondelete="restrict"
    )
    authorization_id = fields.Many2one(
        "autopay.authorization", readonly=True, index=True, ondelete="restrict"
    )
    configuration_id = fields.Many2one(
        "autopay.configuration",
        string="Payment Rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The rule of the customer that chose the method; empty without rules.",
    )
    configuration_words = fields.Char(
        string="Under",
        readonly=True,
        help="What the payment rule said when it was charged under it.",
    )
    transaction_id = fields.Many2one(
        "payment.transaction",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    payment_id = fields.Many2one(related="transaction_id.payment_id")
    line_ids = fields.One2many("autopay.attempt.line", "attempt_id", readonly=True)
    has_discount = fields.Boolean(compute="_compute_has_discount")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_move_ids",
        search="_search_move_ids",
    )
    # Money.
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_minor = BigInteger(
        string="Amount in Minor Units",
        readonly=True,
        aggregator=None,
        help="The exact amount sent to the provider, in cents or the like.",
    )
    rest_date = fields.Date(
        string="Rest on",
        readonly=True,
        help="When the rest is charged of what a limit has divided.",
    )
    # State.
    state = fields.Selection(
        const.attempt.ATTEMPT_STATES,
        required=True,
        readonly=True,
        default="reserved",
        index=True,
    )
    trigger = fields.Selection(const.engine.RUN_TRIGGERS, required=True, readonly=True)
    decline_class = fields.Selection(
        const.retry.DECLINE_CLASSES, string="What It Takes", readonly=True
    )
    decline_code = fields.Char(readonly=True)
    network_code = fields.Char(readonly=True)
    advice_code = fields.Char(readonly=True)
    retry_limit = fields.Integer(
        readonly=True,
        default=-1,
        aggregator=None,
        help="How often the network lets this debt be tried again; -1: no rule known.",
    )
    wait_hours = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Hours that the network wants us to wait before the next try.",
    )
    message = fields.Text(string="Provider Message", readonly=True)
    explanation = fields.Text(compute="_compute_explanation", compute_sudo=True)
    mismatch = fields.Boolean(
        readonly=True,
        help="The provider's answer is not what was asked for. A person must look.",
    )
    response = fields.Text(readonly=True, help="The provider's answer as it came.")
    response_text = fields.Text(
        string="Provider Response", compute="_compute_response_text", compute_sudo=True
    )
    booking_error = fields.Text(readonly=True)
    # The provider's objects and the exact requests, repeated byte for byte.
    object_ref = fields.Char(string="Provider Object", readonly=True, index=True)
    charge_ref = fields.Char(string="Provider Charge", readonly=True)
    provider_url = fields.Char(compute="_compute_provider_url", compute_sudo=True)
    provider_closed = fields.Boolean(
        readonly=True,
        help="The provider's object can never be charged any more.",
    )
    prepare_key = fields.Char(readonly=True, groups="base.group_system")
    charge_key = fields.Char(readonly=True, groups="base.group_system")
    prepare_params = fields.Json(readonly=True, groups="base.group_system")
    charge_params = fields.Json(readonly=True, groups="base.group_system")
    # Life.
    reserved_date = fields.Datetime(readonly=True)
    prepared_date = fields.Datetime(readonly=True)
    charging_date = fields.Datetime(readonly=True)
    outcome_date = fields.Datetime(readonly=True)
    booked_date = fields.Datetime(readonly=True)
    notified_state = fields.Selection(
        const.attempt.ATTEMPT_STATES,
        readonly=True,
        help="The last state people were told of.",
    )
    next_check_date = fields.Datetime(
        string="Next Check",
        readonly=True,
        index="btree_not_null",
        help="When this charge is looked at again; empty when it is finished.",
    )
    check_count = fields.Integer(string="Checks", readonly=True, aggregator=None)
    never_sent = fields.Boolean(
        readonly=True,
        help="The provider says that the request to charge never arrived.",
    )

    answered_date = fields.Datetime(
        string="Answered on",
        readonly=True,
        help="When the provider last said what became of this charge.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.discount_amount")
    def _compute_has_discount(self):
        for attempt in self:
            attempt.has_discount = any(attempt.line_ids.mapped("discount_amount"))

    @api.depends("line_ids.move_id")
    def _compute_move_ids(self):
        for attempt in self:
            attempt.move_ids = attempt.line_ids.move_id

    def _search_move_ids(self, operator, value):
        return [("line_ids.move_id", operator, value)]

    @api.depends(
        "state",
        "decline_class",
        "decline_code",
        "booking_error",
        "reversal_ids.finding",
    )
    def _compute_explanation(self):
        notification = self.env["autopay.notification"]
        for attempt in self:
            attempt.explanation = notification._get_attempt_sentence(attempt)

    @api.depends_context("lang")
    @api.depends("response", "state")
    def _compute_response_text(self):
        notification = self.env["autopay.notification"]
        for attempt in self:
            attempt.response_text = notification._get_response_text(attempt)

    @api.depends("object_ref", "provider_id")
    def _compute_provider_url(self):
        for attempt in self:
            attempt.provider_url = (
                attempt.provider_id._get_autopay_dashboard_url(attempt.object_ref)
                if attempt.object_ref
                else False
            )

    # === ACTION METHODS === #

    def action_withdraw(self):
        """Close what was not charged and give the invoices back."""
        check_billing(self)
        self.check_access("read")
        self.company_id._check_autopay_home()
        idle = self.sudo().filtered(lambda attempt: attempt._can_be_withdrawn())
        if not idle:
            raise UserError(
                self.env._(
                    "Nothing can be withdrawn here: the charge is in the hands of a "
                    "run or of the provider, or over. Ask the provider in a minute."
                )
            )
        self.env["autopay.resolver"].sudo()._withdraw(idle)

    def action_refund_excess(self):
        """Give back at the provider what was collected but pays no invoice.

        :raises UserError: when it is not the amount that the user saw
        """
        check_manager(self)
        self.check_access("read")
        return self._refund_excess(self.env.context.get("autopay_shown_amount"))

    def action_view_reversals(self):
        """Open what went back of these attempts."""
        self.check_access("read")
        xml_id = "autopay.autopay_reversal_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        domain = [("attempt_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def _get_autopay_noticed(self):
        """Return what mails to customers are written about, of these attempts."""
        return [self, self.reversal_ids]

    def action_view_invoices(self):
        """Open the invoices of the attempt."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [("id", "in", self.line_ids.move_id.ids)]
        if len(self.line_ids.move_id) == 1:
            action.update(res_id=self.line_ids.move_id.id, views=[(False, "form")])
        return action

    # === BUSINESS METHODS - STATUS === #

    def _get_autopay_status_pairs(self, known_ids):
        # A charge that is collected or withdrawn changes its own invoices only.
        told = self.filtered(lambda attempt: attempt.state in TOLD_STATES)
        return super(AutopayAttempt, told)._get_autopay_status_pairs(known_ids)

    # === BUSINESS METHODS - REQUESTS === #

    def _get_charge_request(self):
        """Return this attempt as the plain value that gateways understand."""
        self.ensure_one()
        attempt = self.sudo()
        return ChargeRequest(
            attempt_id=attempt.id,
            amount_minor=attempt.amount_minor,
            currency=attempt.currency_id.name.lower(),
            customer_ref=attempt.token_id.provider_ref,
            metadata_tag=attempt.transaction_id.reference,
            prepare_params=attempt.prepare_params or {},
            charge_params=attempt.charge_params or {},
            prepare_key=attempt.prepare_key or "",
            charge_key=attempt.charge_key or "",
            reserved_at=int(attempt.reserved_date.timestamp()),
            object_ref=attempt.object_ref or "",
        )

    def _can_be_asked(self):
        """Return whether the provider can be asked what became of this attempt."""
        self.ensure_one()
        return bool(self.sudo().charge_key)

    def _may_be_charged(self, decisions):
        """Return whether all is still as it was reserved.

        :param decisions: {move: Decision} taken just now
        """
        self.ensure_one()
        unchanged = self.state in const.attempt.UNCHARGED_STATES and all(
            self._is_line_unchanged(line, decisions.get(line.move_id))
            for line in self.line_ids
        )
        if not unchanged or len(self.line_ids) == 1:
            return unchanged
        # The limits hold for the sum of what is charged together.
        found = [decisions[line.move_id] for line in self.line_ids]
        return self.env["autopay.combination"]._fits(found)

    def _is_line_unchanged(self, line, decision):
        if not decision or decision.blocker:
            return False
        return (
            self._is_amount_unchanged(line, decision)
            and decision.token == self.token_id
            and decision.configuration == self.configuration_id
            and decision.authorization == self.authorization_id
        )

    def _is_amount_unchanged(self, line, decision):
        compare = self.currency_id.compare_amounts
        return (
            compare(decision.amount, line.amount) == 0
            and compare(decision.discount.amount, line.discount_amount) == 0
        )

    # === DEADLINE === #

    def _get_deadline(self):
        """Return when a person is called; False when the attempt holds nothing.

        :rtype: datetime | bool
        """
        self.ensure_one()
        if self.booked_date or not any(self.line_ids.mapped("live")):
            return False
        wait = ATTEMPT_WAITS[self.state]
        hours = wait.hours
        if wait.longer_hours and self.token_id._is_autopay_debit():
            hours = wait.longer_hours
        since = self[wait.since] or self.reserved_date
        return since + timedelta(hours=hours)

    def _is_late(self):
        """Return whether the attempt holds its invoices for longer than it may."""
        self.ensure_one()
        deadline = self._get_deadline()
        return bool(deadline) and deadline <= fields.Datetime.now()

    def _is_silent(self):
        """Return whether the provider cannot be asked, or has not answered for long."""
        self.ensure_one()
        if not self._can_be_asked():
            return True
        since = fields.Datetime.now() - timedelta(hours=SILENT_HOURS)
        return not self.answered_date or self.answered_date < since

    def _is_stalled(self):
        """Return whether only a person can say what became of a charge that is late."""
        self.ensure_one()
        return self.state in STATEABLE_STATES and self._is_late() and self._is_silent()

    @api.model
    def _find_late(self):
        """Return the attempts that hold their invoices for longer than they may."""
        rows = [
            Domain("state", "=", state) & self._get_late_domain(wait)
            for state, wait in ATTEMPT_WAITS.items()
        ]
        return self.search(
            Domain("line_ids", "any", [("live", "=", True)])
            & Domain("booked_date", "=", False)
            & Domain.OR(rows)
            & Domain(self.env["res.company"]._get_autopay_home_domain())
        )

    def _get_late_domain(self, wait):
        """Return the domain of what a row of the table calls late."""
        late = self._get_before_domain(wait.since, wait.hours)
        if not wait.longer_hours:
            return late
        longer = self._get_before_domain(wait.since, wait.longer_hours)
        methods = self.env["payment.token"]._get_autopay_debit_methods()
        others = Domain("token_id.payment_method_id", "not in", methods.ids)
        return longer | (late & others)

    def _get_before_domain(self, name, hours):
        moment = fields.Datetime.now() - timedelta(hours=hours)
        return Domain(name, "<=", moment)
