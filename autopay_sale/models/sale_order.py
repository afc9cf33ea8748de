from odoo import api, fields, models

from odoo.addons.autopay.fields import Day

from ..const.triggers import FOLLOWED_PROGRESS, HINTS, PROGRESS, TRIGGERS
from ..words.orders import get_order_words, get_unready_words

# People who sell, and those who collect.
ORDER_GROUPS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,"
    "account.group_account_readonly"
)


class SaleOrder(models.Model):
    _name = "sale.order"
    # The guard stands in front of what it guards.
    _inherit = [
        "autopay.default.guard",
        "sale.order",
        "autopay.scope",
        "autopay.order.collect",
        "autopay.order.portal",
        "autopay.order.progress",
    ]

    autopay_trigger = fields.Selection(
        TRIGGERS,
        string="Invoice and Charge",
        tracking=True,
        groups=ORDER_GROUPS,
        help="Autopay makes the invoice of what is left, less deposits, posts it and "
        "charges the customer's saved payment method on the day by the company's rule: "
        "at once with immediate payment, else when it is due. Lines that are added "
        "later on are collected as well. A copy of the order keeps it.",
    )
    autopay_collect_date = Day(
        string="Charged on",
        copy=False,
        tracking=True,
        groups=ORDER_GROUPS,
        help="On this day the invoice is made, posted and charged; a day that has come "
        "means within minutes.",
    )
    autopay_deposit = fields.Float(
        string="Deposit",
        groups=ORDER_GROUPS,
        help="This share of the total is invoiced and charged when the order is "
        "confirmed, the rest by the trigger. Nothing is taken where the customer has "
        "paid a down payment online already, nor of an order that is charged when "
        "confirmed.",
    )
    autopay_progress = fields.Selection(
        PROGRESS,
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups=ORDER_GROUPS,
        help="Empty: the order waits for its trigger.",
    )
    autopay_problem = fields.Char(
        string="Not Collected Because",
        copy=False,
        readonly=True,
        groups=ORDER_GROUPS,
    )
    autopay_sentence = fields.Char(
        compute="_compute_autopay_sentence",
        compute_sudo=True,
        groups=ORDER_GROUPS,
    )
    autopay_is_halted = fields.Boolean(
        compute="_compute_autopay_sentence",
        compute_sudo=True,
        groups=ORDER_GROUPS,
        help="Whether what was invoiced failed, or is not charged as things stand.",
    )
    autopay_offered = fields.Boolean(
        compute="_compute_autopay_offered",
        compute_sudo=True,
        groups=ORDER_GROUPS,
        help="Whether the order can be collected with autopay, or was to be.",
    )
    _autopay_trigger_idx = models.Index(
        "(company_id, autopay_trigger) WHERE autopay_trigger IS NOT NULL"
    )
    _autopay_deposit_share = models.Constraint(
        "CHECK (autopay_deposit >= 0 AND autopay_deposit < 1)",
        "A deposit is a share of the whole: choose one from 0 % to below 100 %.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "autopay_trigger",
        "amount_total",
        "autopay_collect_date",
        "autopay_deposit",
        "autopay_progress",
        "autopay_problem",
        "partner_invoice_id",
        "state",
    )
    @api.depends_context("lang")
    def _compute_autopay_sentence(self):
        self.update({"autopay_sentence": False, "autopay_is_halted": False})
        # Taking away the trigger takes back no invoice.
        told = self.filtered(
            lambda rec: rec.autopay_trigger or rec.autopay_progress in FOLLOWED_PROGRESS
        )
        for order in told.filtered(lambda rec: rec.state != "cancel"):
            words = [get_order_words(self.env, order), order._get_unready_words()]
            order.autopay_sentence = " ".join(filter(None, words))
            order.autopay_is_halted = order._is_collecting_halted()

    def _get_unready_words(self):
        """Return that the customer cannot be charged yet, while that can be mended."""
        payer = self._get_autopay_payer()._origin
        if self.autopay_progress not in (False, "deposit") or not payer:
            return ""
        ready = self._get_autopay_readiness().value == "ready"
        return "" if ready else get_unready_words(self.env, payer)

    @api.depends("company_id", "autopay_trigger")
    def _compute_autopay_offered(self):
        on = self._filter_autopay_on()
        for order in self:
            order.autopay_offered = order in on or bool(order.autopay_trigger)

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `sale`: the job looks soon at what may be to be collected."""
        res = super().write(vals)
        if not HINTS.isdisjoint(vals):
            self._hint_autopay()
        return res

    # === ACTION METHODS === #

    def action_draft(self):
        """Override of `sale`: nobody need see to what was collected any more."""
        res = super().action_draft()
        self._filter_autopay_on()._close_canceled()
        return res

    # === BUSINESS METHODS === #

    def _action_cancel(self):
        """Override of `sale`: a person sees to what was collected for the order."""
        res = super()._action_cancel()
        self._filter_autopay_on()._tell_canceled()
        return res

    def _is_autopay_own(self, field):
        """Override of `autopay`: users may have a trigger of their own by default."""
        return super()._is_autopay_own(field) and field.readonly

    def _hint_autopay(self):
        """Have the job look soon, where one of these orders may be ready."""
        on = self._filter_autopay_on().sudo()
        if any(order.autopay_trigger and order.state == "sale" for order in on):
            self.env["autopay.order.trigger"]._wake()
