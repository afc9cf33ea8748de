from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...const.reversal import (
    ANSWER_DAYS_BEFORE,
    CHECK_DAYS,
    FINAL_STATUSES,
    MONEY_GONE,
    PAUSING_REFUND_REASONS,
    REFUND_CHECK_DAYS,
    REFUND_FINAL_DAYS,
    REVERSAL_FINDINGS,
    REVERSAL_KINDS,
    REVERSAL_STATES,
    TO_ANSWER_STATUSES,
)
from ...fields import BigInteger
from ...rights import check_billing, check_manager
from ...words.amounts import format_amount
from ...words.reversals import get_reason_labels, get_reason_words, get_status_words


class AutopayReversal(models.Model):
    """Money that went back after a success: a refund, dispute or returned debit."""

    _name = "autopay.reversal"
    _description = "Refund or Dispute"
    _inherit = [
        "autopay.default.guard",
        "autopay.group.heading",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _autopay_heading_field = "reason"
    # People may comment on what nobody may change.
    _mail_post_access = "read"
    _order = "event_date desc, id desc"
    _rec_name = "ref"
    _rec_names_search = ["ref", "attempt_id.name", "charge_ref"]

    kind = fields.Selection(REVERSAL_KINDS, required=True, readonly=True)
    # Links.
    attempt_id = fields.Many2one(
        "autopay.attempt",
        string="Charge",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="attempt_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="attempt_id.partner_id", store=True)
    token_id = fields.Many2one(related="attempt_id.token_id", store=True)
    move_ids = fields.Many2many(related="attempt_id.move_ids")
    payment_ids = fields.One2many(
        "account.payment", "autopay_reversal_id", string="Payments", readonly=True
    )
    # The provider's object.
    provider_id = fields.Many2one(
        "payment.provider", required=True, readonly=True, ondelete="restrict"
    )
    ref = fields.Char(string="Reference", required=True, readonly=True)
    charge_ref = fields.Char(string="Provider Charge", readonly=True)
    provider_url = fields.Char(compute="_compute_provider_url", compute_sudo=True)
    event_date = fields.Datetime(string="Date", required=True, readonly=True)
    respond_by_date = fields.Datetime(
        string="Respond By",
        readonly=True,
        index="btree_not_null",
        help="Until when the provider takes our answer to the dispute. Without one the "
        "money is lost.",
    )
    is_to_answer = fields.Boolean(compute="_compute_is_to_answer")
    status = fields.Char(string="Provider Status", readonly=True, tracking=True)
    status_text = fields.Char(string="Status", compute="_compute_texts")
    reason = fields.Char(string="Reason Code", readonly=True)
    reason_text = fields.Char(string="Reason", compute="_compute_texts")
    network_code = fields.Char(readonly=True)
    # Money.
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_minor = BigInteger(
        string="Amount in Minor Units", readonly=True, aggregator=None
    )
    # State.
    finding = fields.Selection(
        REVERSAL_FINDINGS,
        string="At the Provider",
        required=True,
        readonly=True,
        help="What the provider says.",
    )
    state = fields.Selection(
        REVERSAL_STATES,
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        help="To book: the books do not yet say what the provider says.",
    )
    booking_error = fields.Text(readonly=True)
    is_decided = fields.Boolean(
        string="Still Owed",
        readonly=True,
        help="A person has said that what was returned is still owed, and had it "
        "collected again.",
    )
    next_check_date = fields.Datetime(
        string="Next Check",
        readonly=True,
        index="btree_not_null",
        help="When the provider is asked about it again; empty when it is final.",
    )
    method_paused = fields.Datetime(
        related="token_id.autopay_paused_date", string="Method Paused"
    )

    _ref_uniq = models.UniqueIndex(
        "(provider_id, ref)", "This refund or dispute is known already."
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("kind", "amount", "currency_id", "partner_id")
    def _compute_display_name(self):
        for reversal in self:
            reversal.display_name = self.env._(
                "%(kind)s of %(amount)s, %(customer)s",
                kind=reversal._get_kind_label(),
                amount=format_amount(self.env, reversal.currency_id, reversal.amount),
                customer=reversal.sudo().partner_id.name or "",
            )

    def _get_kind_label(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return labels.get(self.kind) or ""

    def _get_label(self):
        """Return a reversal as sentences name it that also say how much it is."""
        return f"{self._get_kind_label()} {self.ref}"

    @api.depends_context("lang")
    @api.depends("kind", "status", "reason")
    def _compute_texts(self):
        for reversal in self:
            reversal.status_text = get_status_words(
                self.env, reversal.kind, reversal.status
            )
            reversal.reason_text = get_reason_words(self.env, reversal.reason)

    def _get_autopay_headings(self, codes):
        return get_reason_labels(self.env, codes)

    @api.depends("status")
    def _compute_is_to_answer(self):
        for reversal in self:
            reversal.is_to_answer = reversal.status in TO_ANSWER_STATUSES

    @api.depends("kind", "ref", "provider_id", "attempt_id.object_ref")
    def _compute_provider_url(self):
        for reversal in self:
            page, ref = "disputes", reversal.ref
            if reversal.kind == "refund":
                # The page of the payment shows its refunds.
                page, ref = "payments", reversal.attempt_id.object_ref
            provider = reversal.provider_id
            url = ref and provider._get_autopay_dashboard_url(ref, page)
            reversal.provider_url = url

    @api.depends("finding", "payment_ids.payment_type")
    def _compute_state(self):
        for reversal in self:
            gone = reversal.finding in MONEY_GONE
            if gone != reversal._is_booked():
                reversal.state = "open"
            elif gone:
                reversal.state = "lost" if reversal.finding == "lost" else "booked"
            else:
                reversal.state = reversal.finding

    # === ACTION METHODS === #

    def action_check_now(self):
        """Ask the provider about these refunds and disputes right away."""
        check_billing(self)
        self.check_access("read")
        self.company_id._check_autopay_home()
        self.env["autopay.reversal.watch"].sudo()._check(self.sudo())

    def action_stop_following(self):
        """Take a billing manager's word that nothing more will come of these."""
        check_manager(self)
        self.check_access("read")
        followed = self.sudo().filtered("next_check_date")
        followed.next_check_date = False
        for reversal in followed:
            reversal.message_post(
                body=self.env._(
                    "%(user)s: nothing more will come of it. The provider is not asked "
                    "any more.",
                    user=self.env.user.name,
                ),
                subtype_xmlid="mail.mt_note",
            )

    def action_release_method(self):
        """Let the paused payment methods be charged again."""
        check_manager(self)
        self.check_access("read")
        self.token_id.action_autopay_release()

    def action_view_invoices(self):
        """Open the invoices of the charge."""
        self.ensure_one()
        return self.attempt_id.action_view_invoices()

    # === BUSINESS METHODS - HOW WE LEARN OF IT === #

    @api.model
    def _read_events(self, provider, refs):
        """Read what the provider's events speak of, record and book it.

        It asks the provider and commits: call it with nothing left to save.

        :param provider: the ``payment.provider`` that sent the events
        :param refs: ids of refunds, disputes, charges and payment intents; what is not
            of an attempt of this database is ignored
        :raises UserError: when the provider did not answer; ask again later
        """
        watch = self.env["autopay.reversal.watch"].sudo()
        if not watch._process_refs(provider.sudo(), refs):
            raise UserError(self.env._("The provider did not answer."))

    @api.model
    def _poll(self):
        """Ask the providers what went back, as often as they may be asked; book it."""
        self.env["autopay.reversal.watch"].sudo()._poll()

    # === BUSINESS METHODS === #

    def _is_booked(self):
        """Return whether the books say that the money is gone."""
        self.ensure_one()
        return self.payment_ids.sorted("id")[-1:].payment_type == "outbound"

    def _get_payment(self, payment_type):
        """Return the last payment *outbound* or *inbound* that books this."""
        payments = self.payment_ids.filtered(
            lambda payment: payment.payment_type == payment_type
        )
        return payments.sorted("id")[-1:]

    def _is_lost_dispute(self):
        """Return whether a bank has decided a dispute against us."""
        return self.kind == "dispute" and self.finding == "lost"

    def _is_pausing(self):
        """Return whether a bank or customer objects, so that people must look first."""
        return self.kind != "refund" or self.reason in PAUSING_REFUND_REASONS

    def _get_refund_transaction(self):
        """Return Odoo's own transaction of this refund, if there is one."""
        self.ensure_one()
        transactions = self.env["payment.transaction"]
        if self.kind != "refund":
            return transactions
        return transactions.search(
            [
                ("provider_id", "=", self.provider_id.id),
                ("provider_reference", "=", self.ref),
                ("operation", "=", "refund"),
            ],
            order="id",
            limit=1,
        )

    def _is_made_in_odoo(self):
        """Return whether somebody of ours has made this refund in Odoo."""
        author = self._get_refund_transaction().create_uid
        return bool(author) and not author.share and author.id != SUPERUSER_ID

    @api.model
    def _get_returned_attempts(self, moves):
        """Return {invoice id: attempt} of the last ones whose money went back.

        A word of a person that it is still owed ends that, whatever comes of it.
        """
        if not moves:
            return {}
        lines = self.env["autopay.attempt.line"].search(
            [
                ("move_id", "in", moves.ids),
                (
                    "attempt_id.reversal_ids",
                    "any",
                    [("finding", "in", MONEY_GONE), ("is_decided", "=", False)],
                ),
            ],
            order="id",
        )
        return {line.move_id.id: line.attempt_id for line in lines}

    def _get_event_day(self):
        """Return the day on which it happened, in the company's time zone."""
        return self._get_local_day(self.event_date)

    def _get_local_day(self, moment):
        self.ensure_one()
        zone = self.company_id._get_autopay_tz()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return local.date()

    def _get_reminder_day(self):
        """Return when a person is to have looked: before the last day, never past."""
        self.ensure_one()
        today = self.company_id._get_autopay_today()
        if not self.respond_by_date or not self.is_to_answer:
            return today
        last = self._get_local_day(self.respond_by_date)
        return max(today, fields.Date.subtract(last, days=ANSWER_DAYS_BEFORE))

    # === BUSINESS METHODS - QUESTIONS === #

    def _schedule_check(self):
        """Set when the provider is asked again, by status and age."""
        for reversal in self:
            days = reversal._get_check_days()
            now = fields.Datetime.now()
            reversal.next_check_date = days and now + timedelta(days=days)

    def _get_check_days(self):
        """Return the days until the next question; False when it is final."""
        self.ensure_one()
        if self.kind == "refund" and self.status == "succeeded":
            final_date = self.event_date + timedelta(days=REFUND_FINAL_DAYS)
            return REFUND_CHECK_DAYS if final_date > fields.Datetime.now() else False
        # Won, but the money is not back yet.
        waiting = self.status == "won" and self.finding == "gone"
        return CHECK_DAYS if waiting or self.status not in FINAL_STATUSES else False
