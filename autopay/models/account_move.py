from odoo import api, fields, models
from odoo.fields import Domain

from .. import const
from ..fields import Day
from ..rights import STAFF_GROUPS, check_status_change


class AccountMove(models.Model):
    _name = "account.move"
    _autopay_open_fields = frozenset({"autopay_status"})
    # The guard stands in front of what it guards.
    _inherit = [
        "autopay.known.prefetch",
        "autopay.default.guard",
        "autopay.company.check",
        "account.move",
        "autopay.noticed",
    ]

    autopay_status = fields.Selection(
        const.invoice.MOVE_STATUSES,
        copy=False,
        tracking=True,
        readonly=True,
        groups=STAFF_GROUPS,
        help="Empty: this invoice is not collected by autopay.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_date = Day(
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        tracking=True,
        help="The invoice is charged on this day, not before.",
    )
    autopay_token_id = fields.Many2one(
        "payment.token",
        string="Autopay Method",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        tracking=True,
        groups=STAFF_GROUPS,
        help="Pays this invoice only, instead of the customer's default payment "
        "method.",
    )
    autopay_allowed_kinds = fields.Selection(
        const.invoice.ALLOWED_KINDS,
        string="May Be Paid by",
        tracking=True,
        prefetch=const.invoice.OWN_PREFETCH,
        groups=STAFF_GROUPS,
        help="Methods of another kind are passed over when the invoice is charged. "
        "Empty: cards and bank debits. A copy of the invoice keeps it.",
    )
    autopay_available_token_ids = fields.Many2many(
        "payment.token",
        string="Payment Methods to Choose from",
        compute="_compute_autopay_available_token_ids",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_hold_date = Day(
        string="Hold until",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        tracking=True,
        groups=STAFF_GROUPS,
        help="Nothing is charged before this day.",
    )
    autopay_hold_reason = fields.Char(
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        tracking=True,
        groups=STAFF_GROUPS,
    )
    autopay_in_dispute = fields.Boolean(
        string="In Dispute",
        copy=False,
        tracking=True,
        groups=STAFF_GROUPS,
        help="The customer contests this invoice: it is not charged until settled.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_retry_date = fields.Date(
        string="Next Try",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="After a failed charge.",
    )
    autopay_marked_by_id = fields.Many2one(
        "res.users",
        string="Put on Autopay by",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
    )
    autopay_approval_ids = fields.One2many(
        "autopay.approval", "move_id", readonly=True, groups=STAFF_GROUPS
    )
    autopay_crash_count = fields.Integer(
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
    )
    autopay_crash_fault = fields.Char(
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        index="btree_not_null",
        groups="base.group_system",
        help="The kind of fault that the last run met on this invoice.",
    )
    autopay_attempt_line_ids = fields.One2many(
        "autopay.attempt.line",
        "move_id",
        string="Autopay Charge Lines",
        readonly=True,
        groups=STAFF_GROUPS,
    )
    autopay_attempt_ids = fields.Many2many(
        "autopay.attempt",
        string="Autopay Charges",
        compute="_compute_autopay_attempt_ids",
        search="_search_autopay_attempt_ids",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_attempt_count = fields.Integer(
        string="Autopay Charge Count",
        compute="_compute_autopay_attempt_ids",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_applies = fields.Boolean(
        compute="_compute_autopay_applies", compute_sudo=True, groups=STAFF_GROUPS
    )
    # A part of the model has no currency.
    autopay_next_amount = fields.Monetary(
        string="Next Charge Amount",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="What is charged then. Of an invoice that is payable in parts: the part.",
    )
    _autopay_eligible_idx = models.Index(
        "(company_id, autopay_date) WHERE autopay_status = 'eligible'"
    )
    _autopay_retry_idx = models.Index(
        "(company_id, autopay_retry_date) WHERE autopay_status = 'error'"
    )

    # === COMPUTE METHODS === #

    @api.depends("autopay_attempt_line_ids")
    def _compute_autopay_attempt_ids(self):
        self.update({"autopay_attempt_ids": False, "autopay_attempt_count": 0})
        for move in self._filter_autopay_tried():
            attempts = move.autopay_attempt_line_ids.attempt_id
            move.autopay_attempt_ids = attempts
            move.autopay_attempt_count = len(attempts)

    def _search_autopay_attempt_ids(self, operator, value):
        return [("autopay_attempt_line_ids.attempt_id", operator, value)]

    @api.depends("move_type", "autopay_status", "company_id.autopay_enabled")
    def _compute_autopay_applies(self):
        for move in self:
            shown = move.autopay_status or move.company_id.autopay_enabled
            move.autopay_applies = move.move_type == "out_invoice" and bool(shown)

    @api.depends("partner_id", "company_id", "autopay_applies")
    def _compute_autopay_available_token_ids(self):
        shown = self.filtered("autopay_applies")
        self.autopay_available_token_ids = False
        for move in shown:
            payer = move.commercial_partner_id.with_company(move.company_id)
            move.autopay_available_token_ids = payer.autopay_available_token_ids

    # === CONSTRAINT METHODS === #

    @api.constrains("autopay_token_id")
    def _check_autopay_token(self):
        for move in self.sudo().filtered("autopay_token_id"):
            token = move.autopay_token_id
            token._check_autopay_fits(move.commercial_partner_id, move.company_id)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`, see `write`."""
        check_status_change(self.browse(), vals_list)
        moves = super().create(vals_list)
        moves._set_autopay_editor()
        moves._set_created_date_sources(vals_list)
        for move, vals in zip(moves, vals_list, strict=True):
            move._set_autopay_marker(vals)
        return moves

    def write(self, vals):
        """Override of `account`: people switch autopay on and off, the engine the rest.

        :raises AccessError: when somebody but the engine sets an outcome
        :raises UserError: when the invoice is being collected
        """
        check_status_change(self, [vals])
        self._check_autopay_write(vals)
        self._leave_autopay_as(vals.get("move_type", "out_invoice"))
        dates = self._read_autopay_dates(vals)
        confirmed = self._prepare_autopay_payers(vals)
        # The lines get their dates on the way; what follows from it is decided below.
        dating = self if dates is None else self.with_context(autopay_dating=True)
        res = super(AccountMove, dating).write(vals)
        self._update_autopay_editors(vals)
        self._update_autopay_payers(vals, confirmed)
        self._bring_autopay_dates(vals, dates)
        self._set_autopay_marker(vals)
        return res

    def _track_prepare(self, fields_iter):
        """Override of `mail`: where autopay never was on, its fields do not change.

        Each of the entries that are written would be read once more for them. Most
        calls come from computed fields that are not stored: these name none.
        """
        fields_iter = tuple(fields_iter)
        if not fields_iter or self._filter_autopay_known():
            return super()._track_prepare(fields_iter)
        tracked = self._track_get_fields().intersection(fields_iter)
        others = [name for name in tracked if not name.startswith("autopay_")]
        return super()._track_prepare(others)

    def _set_autopay_marker(self, vals):
        """Keep who puts the invoices on autopay with these values: not the engine."""
        if vals.get("autopay_status") != "eligible":
            return
        self.sudo().company_id._set_autopay_known()
        if not self.env.su:
            own = self.sudo().with_context(**const.engine.OWN_FIELDS_CONTEXT)
            own.write({"autopay_marked_by_id": self.env.uid})
            self._set_autopay_editor()

    # === ACTION METHODS === #

    def action_autopay_adopt_database(self):
        """Let this database charge for the invoices' company, instead of another."""
        return self.company_id.action_autopay_adopt_database()

    def action_view_autopay_reversals(self):
        """Open what went back of the charges of these invoices."""
        return self.autopay_attempt_line_ids.attempt_id.action_view_reversals()

    def action_view_autopay_attempts(self):
        """Open the attempts to collect these invoices."""
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id("autopay.autopay_attempt_action")
        domain = [("line_ids.move_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def _get_autopay_noticed(self):
        """Return what mails to customers are written about, of these invoices."""
        attempts = self.autopay_attempt_line_ids.attempt_id
        plans = self.with_context(active_test=False).autopay_plan_id
        return [self, *attempts._get_autopay_noticed(), plans]

    def button_draft(self):
        """Override of `account`: a date by the rule is set anew with the due date."""
        res = super().button_draft()
        self._take_back_rule_dates()
        self._filter_autopay_known()._mark_autopay_credit()
        return res

    def button_cancel(self):
        """Override of `account`: of a canceled invoice nothing is owed any more."""
        res = super().button_cancel()
        self.sudo()._end_autopay_refund()
        return res

    def _search_reconciled_payment_ids(self, operator, value):
        """Override of `account` that knows the invoices of what is being booked."""
        find = self.env["autopay.booking"]._get_linked_domain
        found = find("account.payment", operator, value)
        return found or super()._search_reconciled_payment_ids(operator, value)

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        """Override of `account` to make invoices of ready customers eligible."""
        # A credit note settles its invoice.
        self.reversed_entry_id._check_autopay_free()
        posted = super()._post(soft=soft)
        if known := posted._filter_autopay_known():
            known._begin_autopay()
            known._mark_autopay_credit()
        return posted

    def _begin_autopay(self):
        """Put on autopay what was posted, as the policy says, and give it a date."""
        self._apply_autopay_payments()
        self._update_autopay_settlement()
        # Not all who may post invoices may read how they are collected.
        collected = self.sudo()
        collected._end_autopay_foreign_plans()
        collected._apply_autopay_policy()
        waiting = collected.filtered(
            # One that failed and waits for another try lost its date by the reset.
            lambda move: move.autopay_status in ("eligible", "error")
        )
        waiting._set_autopay_default_date()
        waiting.filtered(lambda move: not move.autopay_payer_id)._keep_autopay_payer()
        self._set_autopay_editor()
        approvals = self.env["autopay.approval"]
        # The user who posts answers for the amount, whoever put the invoice on autopay.
        approvals._request(waiting, approvals._get_person())

    def _apply_autopay_policy(self):
        """Make eligible what the policy *automatic* covers."""
        candidates = self.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and not move.autopay_status
                and move.company_id.autopay_enabled
                and move.partner_id._get_autopay_policy(move.company_id) == "automatic"
            )
        )
        for company, moves in candidates.grouped("company_id").items():
            payers = moves.commercial_partner_id.sudo().with_company(company)
            judged = self.env["autopay.readiness"].sudo()._judge(company, payers)
            ready = payers.filtered(lambda payer, of=judged: of[payer].may_wait())
            moves.filtered(
                lambda move, ready=ready: move.commercial_partner_id in ready
            )._set_autopay_eligible()

    def _set_autopay_eligible(self):
        """Mark the invoices; those without a date get one by the company's rule."""
        # A draft gets its dates when it is posted, and the autopay date with them.
        posted = self.filtered(lambda move: move.state == "posted")
        posted._set_autopay_default_date()
        self._decide_autopay_returned()
        self._end_autopay_refund()
        self.env["autopay.crash"]._close_alarms(self)
        quick = const.engine.OWN_FIELDS_CONTEXT
        # The chatter shows it, and Odoo need not go through the lines for it.
        marked = self.with_context(**{**quick, "tracking_disable": False})
        marked.write({"autopay_status": "eligible"})
        own = self.sudo().with_context(**quick)
        own.write(
            {
                "autopay_retry_date": False,
                "autopay_fallback_token_id": False,
                "autopay_failed_before": False,
                "autopay_crash_count": 0,
                "autopay_marked_by_id": self.env.uid,
            }
        )
        self.env["autopay.approval"]._request(posted)

    def _get_autopay_amount(self):
        """Return what a charge would take, in the invoice's currency (major units)."""
        self.ensure_one()
        return self.amount_residual

    @api.model
    def _get_autopay_open_domain(self):
        """Return the domain of posted customer invoices that are not paid."""
        return Domain(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", const.invoice.UNPAID_STATES),
            ]
        )

    @api.model
    def _get_autopay_due_domain(self, company, today, set_aside=False):
        """Return what is due to be charged in a company on that date.

        :param today: the date in the company's time zone
        :param bool set_aside: what would be due had runs not failed on it, instead
        """
        eligible = Domain("autopay_status", "=", "eligible") & Domain(
            "autopay_date", "<=", today
        )
        retry = Domain("autopay_status", "=", "error") & Domain(
            "autopay_retry_date", "<=", today
        )
        own = Domain(
            [
                ("company_id", "=", company.id),
                # Invoices that kill processes must not even be looked at.
                (
                    "autopay_crash_count",
                    ">=" if set_aside else "<",
                    const.engine.CRASHES_BEFORE_SET_ASIDE,
                ),
            ]
        )
        return own & self._get_autopay_open_domain() & (eligible | retry)

    # === ALLOWED KINDS === #

    def _is_autopay_kind_allowed(self, token):
        """Return whether a payment method, perhaps none, is of a kind that may pay."""
        self.ensure_one()
        kind = self.autopay_allowed_kinds
        return not kind or not token or (kind == "debit") == token._is_autopay_debit()

    def _get_autopay_kind_words(self):
        """Return which kind may pay, in the user's language; empty when any may."""
        self.ensure_one()
        field = self._fields["autopay_allowed_kinds"]
        labels = dict(field._description_selection(self.env))
        return labels.get(self.autopay_allowed_kinds, "")
