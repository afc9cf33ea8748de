import json
import logging
from datetime import timedelta
from math import ceil

from odoo import api, fields, models

from .. import const
from ..const import UNCHARGED_STATES
from ..fields import BigInteger
from ..gateways.base import (
    ABSENT,
    CANCELED,
    DECLINED,
    PENDING,
    PREPARED,
    REFUSED,
    SUCCEEDED,
    UNKNOWN,
    ChargeRequest,
)
from ..rights import check_billing

_logger = logging.getLogger(__name__)

# What a later success leaves no trace of.
DECLINE_FIELDS = (
    "decline_class",
    "decline_code",
    "network_code",
    "advice_code",
    "message",
)


class AutopayAttempt(models.Model):
    """One try to collect: the state machine between an invoice and a provider."""

    _name = "autopay.attempt"
    _description = "Autopay Attempt"
    _inherit = ["mail.thread", "mail.activity.mixin"]
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
    transaction_id = fields.Many2one(
        "payment.transaction",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    payment_id = fields.Many2one(related="transaction_id.payment_id")
    line_ids = fields.One2many("autopay.attempt.line", "attempt_id", readonly=True)
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
    # State.
    state = fields.Selection(
        const.ATTEMPT_STATES,
        required=True,
        readonly=True,
        default="reserved",
        index=True,
    )
    trigger = fields.Selection(const.RUN_TRIGGERS, required=True, readonly=True)
    decline_class = fields.Selection(const.DECLINE_CLASSES, readonly=True)
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
    response = fields.Text(string="Provider Response", readonly=True)
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
        const.ATTEMPT_STATES, readonly=True, help="The last state people were told of."
    )
    next_check_date = fields.Datetime(
        string="Next Check",
        readonly=True,
        index="btree_not_null",
        help="When this attempt is looked at again; empty when it is finished.",
    )
    check_count = fields.Integer(string="Checks", readonly=True, aggregator=None)
    never_sent = fields.Boolean(
        readonly=True,
        help="The provider says that the request to charge never arrived.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.move_id")
    def _compute_move_ids(self):
        for attempt in self:
            attempt.move_ids = attempt.line_ids.move_id

    def _search_move_ids(self, operator, value):
        return [("line_ids.move_id", operator, value)]

    @api.depends("state", "decline_class", "decline_code", "booking_error")
    def _compute_explanation(self):
        notification = self.env["autopay.notification"]
        for attempt in self:
            attempt.explanation = notification._get_attempt_sentence(attempt)

    @api.depends("object_ref", "provider_id")
    def _compute_provider_url(self):
        for attempt in self:
            test = "" if attempt.provider_id.state == "enabled" else "test/"
            attempt.provider_url = bool(
                attempt.object_ref and attempt.provider_id.code == "stripe"
            ) and (f"https://dashboard.stripe.com/{test}payments/{attempt.object_ref}")

    # === ACTION METHODS === #

    def action_check_now(self):
        """Ask the provider about these attempts right away."""
        check_billing(self)
        self.check_access("read")
        self.sudo()._check_soon()
        self.env["autopay.resolver"].sudo()._resolve(self.sudo())

    def action_withdraw(self):
        """Close what was not charged and give the invoices back."""
        check_billing(self)
        self.check_access("read")
        waiting = self.sudo().filtered(lambda rec: rec.state == "action_required")
        self.env["autopay.resolver"].sudo()._withdraw(waiting)

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
        return self.state in UNCHARGED_STATES and all(
            self._is_line_unchanged(line, decisions.get(line.move_id))
            for line in self.line_ids
        )

    def _is_line_unchanged(self, line, decision):
        if not decision or decision.blocker:
            return False
        same = self.currency_id.compare_amounts(decision.amount, line.amount) == 0
        return same and decision.authorization == self.authorization_id

    # === BUSINESS METHODS - STATE === #

    def _update_state(self, target, **vals):
        """Move the attempts to a state that the table of transitions allows.

        :return: the attempts that were moved; the others are left alone and logged
        """
        allowed = const.ATTEMPT_TRANSITIONS[target]
        movable = self.filtered(lambda attempt: attempt.state in allowed)
        for attempt in self - movable:
            _logger.log(
                logging.INFO if attempt.state == target else logging.WARNING,
                "Autopay attempt %s stays %s, refused to become %s.",
                attempt.name,
                attempt.state,
                target,
            )
        movable.write({"state": target, **vals})
        return movable

    def _set_prepared(self, object_ref):
        """The provider's object exists; no money has been asked for."""
        now = fields.Datetime.now()
        return self._update_state(
            "prepared", object_ref=object_ref, prepared_date=now
        )

    def _set_charging(self):
        """From here on money may move."""
        return self._update_state("charging", charging_date=fields.Datetime.now())

    def _set_succeeded(self, **vals):
        return self._set_outcome("succeeded", provider_closed=True, **vals)

    def _set_pending(self, **vals):
        return self._set_outcome("pending", **vals)

    def _set_action_required(self, **vals):
        return self._set_outcome("action_required", **vals)

    def _set_declined(self, **vals):
        return self._set_outcome("declined", **vals)

    def _set_canceled(self, **vals):
        return self._set_outcome("canceled", provider_closed=True, **vals)

    def _set_unknown(self, **vals):
        return self._set_outcome("unknown", **vals)

    def _set_outcome(self, state, **vals):
        """Take in an answer of the provider: attempt and transaction together."""
        vals.setdefault("outcome_date", fields.Datetime.now())
        moved = self._update_state(state, **vals)
        for transaction in moved.transaction_id:
            transaction._autopay_set_state(state, vals.get("message") or False)
        return moved

    def _process(self, outcome):
        """Take in what the provider answered, in any order and any number of times.

        :param outcome: a ``ChargeOutcome`` of :mod:`gateways.base`
        """
        self.ensure_one()
        state = const.OUTCOME_STATES.get(outcome.kind, "unknown")
        vals = self._prepare_outcome_vals(outcome)
        if state == self.state:
            return self.write(vals) if vals else True
        if self.provider_closed or not getattr(self, f"_set_{state}")(**vals):
            return self._note_contradiction(outcome)
        self._save_provider_reference(outcome.object_ref)
        return True

    def _process_preparation(self, outcome):
        """Take in whether the provider made its object.

        :param outcome: None when the request was not sent
        """
        self.ensure_one()
        if not outcome:
            return self._set_canceled()
        if outcome.kind == PREPARED:
            self._save_provider_reference(outcome.object_ref)
            return self._set_prepared(outcome.object_ref)
        vals = self._prepare_outcome_vals(outcome)
        if outcome.kind != REFUSED:
            self._schedule_check()
            return self.write(vals)
        if outcome.stop_reason:
            return self._set_canceled(**vals)
        return self._set_declined(provider_closed=True, **vals)

    def _process_withdrawal(self, outcome):
        """Take in whether the provider's object was closed for good.

        :param outcome: None when the provider was not or could not be asked
        """
        self.ensure_one()
        if not outcome and self._can_be_asked():
            return self._schedule_check()
        if outcome and outcome.kind not in (CANCELED, ABSENT):
            return self._process_unclosed(outcome)
        if self.state == "declined":
            self.provider_closed = True
        elif self.state == "action_required":
            self._set_declined(provider_closed=True, decline_class="authentication")
        elif self.state in UNCHARGED_STATES or (outcome and outcome.kind == CANCELED):
            self._set_canceled()
        else:
            self._schedule_check()
        return None

    def _process_unclosed(self, outcome):
        """Take in what an object is that could not be closed."""
        if outcome.kind in (UNKNOWN, DECLINED, PREPARED):
            return self._schedule_check()
        return self._process(outcome)

    def _save_provider_reference(self, object_ref):
        if object_ref:
            self.transaction_id.provider_reference = object_ref

    def _prepare_outcome_vals(self, outcome):
        """Return what an answer writes on the attempt; empty texts keep what we know."""
        found = {
            "object_ref": outcome.object_ref,
            "charge_ref": outcome.charge_ref,
            "decline_class": outcome.decline_class,
            "decline_code": outcome.code,
            "network_code": outcome.network_code,
            "advice_code": outcome.advice_code,
            "message": outcome.message,
            "wait_hours": outcome.wait_hours,
            "response": outcome.response and json.dumps(dict(outcome.response)),
        }
        vals = {name: value for name, value in found.items() if value}
        if outcome.kind in (SUCCEEDED, PENDING):
            vals.update(dict.fromkeys(DECLINE_FIELDS, False))
        if outcome.mismatch:
            vals["mismatch"] = True
        if outcome.retry_limit is not None:
            vals["retry_limit"] = outcome.retry_limit
        return vals

    def _note_contradiction(self, outcome):
        """The provider says something that our record rules out: call a person."""
        _logger.error(
            "Autopay attempt %s is %s but the provider reports %s.",
            self.name,
            self.state,
            outcome.kind,
        )
        if outcome.kind in ("succeeded", "pending"):
            self.mismatch = True
            self.env["autopay.notification"]._alert_contradiction(self, outcome)
        return False

    # === BUSINESS METHODS - NEXT CHECK === #

    def _check_soon(self):
        """Have the attempts looked at by the next run of the resolver."""
        self.sudo().next_check_date = fields.Datetime.now()
        cron = self.env.ref("autopay.ir_cron_resolve_open_attempts")
        cron.sudo()._trigger()

    def _schedule_check(self):
        """Set when each attempt is looked at again, by the table for its state."""
        now = fields.Datetime.now()
        for attempt in self:
            count = attempt.check_count
            attempt.write(
                {
                    "next_check_date": now + attempt._get_check_delay(count),
                    "check_count": count + 1,
                }
            )

    def _get_check_delay(self, count):
        """Return how long to wait before the provider is asked again.

        :param int count: how often it was asked before
        :rtype: timedelta
        """
        self.ensure_one()
        if self.state in const.CHECK_HOURS:
            return timedelta(hours=const.CHECK_HOURS[self.state])
        steps = const.UNKNOWN_CHECK_MINUTES
        last = const.UNKNOWN_LAST_CHECK_MINUTES
        return timedelta(minutes=steps[count] if count < len(steps) else last)

    def _is_abandoned(self):
        """Return whether the run that took this attempt in hand is over."""
        self.ensure_one()
        return self.run_id.state != "running" or bool(self.run_id._filter_dead())

    def _is_overdue(self):
        """Return whether the outcome is unknown for so long that people must know."""
        self.ensure_one()
        asked_often = self.check_count > len(const.UNKNOWN_CHECK_MINUTES)
        unaskable = not self._can_be_asked()
        return self.state == "unknown" and (asked_often or unaskable)

    def _is_given_up(self):
        """Return whether the customer had long enough to confirm the payment."""
        self.ensure_one()
        since = self.outcome_date + timedelta(hours=const.ACTION_REQUIRED_HOURS)
        return since <= fields.Datetime.now()

    def _is_finished(self):
        """Return whether nothing is left to do: booked, or released."""
        self.ensure_one()
        final = self.state in ("succeeded", "declined", "canceled")
        return final and not any(self.line_ids.mapped("live"))

    def _set_never_sent(self):
        """Note that the provider was never asked for money by these attempts."""
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.filtered(lambda attempt: attempt.state == "unknown").never_sent = True

    def _alert_overdue(self):
        """Tell people about outcomes that stay unknown."""
        for attempt in self:
            self.env["autopay.notification"]._alert_unresolved(attempt)

    # === BUSINESS METHODS - RETRY === #

    def _get_retry_date(self):
        """Return the day of the next automatic try, or False when there is none."""
        self.ensure_one()
        declines = self.search_count(
            [
                ("line_ids.move_id", "in", self.line_ids.move_id.ids),
                ("state", "=", "declined"),
            ]
        )
        waits = self._get_retry_waits()
        if self.trigger == "manual" or declines > len(waits):
            return False
        days = max(waits[max(declines, 1) - 1], ceil(self.wait_hours / 24))
        return self.company_id._get_autopay_today() + timedelta(days=days)

    def _get_retry_waits(self):
        """Return the days to wait before each further try, within network limits."""
        self.ensure_one()
        kind = "debit" if self.token_id._is_autopay_debit() else "card"
        waits = const.RETRY_DAYS[kind].get(self.decline_class, ())
        return waits if self.retry_limit < 0 else waits[: self.retry_limit]
