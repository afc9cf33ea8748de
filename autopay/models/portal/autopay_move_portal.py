from odoo import api, fields, models

from ... import const
from ...rights import STAFF_GROUPS, check_billing
from ...words.portal.invoices import (
    get_declined_words,
    get_kind_words,
    get_planned_words,
    get_skipped_words,
    get_started_words,
)
from .linked import get_actor_name

# The name of the activity that staff get of a skipped invoice.
CUSTOMER_HOLD = "customer_hold"

# Nothing but time is in the way of a charge that has not failed.
PLANNED_BLOCKERS = (False, "date_not_reached", "notice_pending")


class AutopayMovePortal(models.Model):
    """Keeps what a customer has decided about an invoice in the portal."""

    _inherit = "account.move"

    autopay_customer_hold = fields.Boolean(
        string="Skipped by the Customer",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        tracking=True,
        groups=STAFF_GROUPS,
        help="The customer does not want this invoice to be charged automatically.",
    )
    autopay_moved_from = fields.Date(
        string="Moved from",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        tracking=True,
        groups=STAFF_GROUPS,
        help="The autopay date before the customer moved it in the portal.",
    )

    autopay_portal_words = fields.Char(
        compute="_compute_autopay_portal_words",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="What the customer reads of autopay on the invoice; empty: nothing.",
    )
    autopay_portal_planned = fields.Boolean(
        compute="_compute_autopay_portal_words",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="The customer need not pay it: it is charged automatically.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("autopay_on_paper", "autopay_reader_id", "lang", "uid")
    @api.depends("autopay_status", "autopay_date", "autopay_customer_hold", "state")
    def _compute_autopay_portal_words(self):
        """Decide about all invoices of a page at once."""
        self.update({"autopay_portal_words": False, "autopay_portal_planned": False})
        held = self._filter_autopay_busy().filtered(
            lambda move: move._is_autopay_held()
        )
        for move in held:
            live = move.autopay_attempt_line_ids.filtered("live")[:1]
            words = get_started_words(self.env, live.attempt_id)
            move.autopay_portal_words = words
        open_moves = (self - held)._filter_autopay_to_collect()
        decisions = self.env["autopay.decision"]._decide(open_moves)
        for move, decision in decisions.items():
            words = move._get_autopay_portal_words(decision)
            move.autopay_portal_words = words
            planned = decision.blocker in PLANNED_BLOCKERS
            move.autopay_portal_planned = planned and not move._is_autopay_failed()

    # === ACTION METHODS === #

    def action_autopay_lift_customer_hold(self):
        """Let invoices be charged by themselves that the customer has skipped."""
        check_billing(self)
        self.check_access("write")
        held = self.filtered("autopay_customer_hold")
        held._set_autopay_customer_hold(False)

    # === BUSINESS METHODS === #

    def _set_autopay_customer_hold(self, held):
        """Write whether the customer has skipped these invoices, and tell staff."""
        self._write_autopay({"autopay_customer_hold": held})
        user = get_actor_name(self.env)
        for company, moves in self.grouped("company_id").items():
            notification = self.env["autopay.notification"]._for_staff(company)
            env = notification.env
            if not held:
                taken_back = env._("Taken back by %s", user)
                notification._close_waiting_on(moves, CUSTOMER_HOLD, taken_back)
                continue
            summary = env._("The customer has skipped this charge")
            note = env._(
                "%(user)s has skipped it in the portal. It is not charged until that "
                "is taken back, there or by a button on the invoice.",
                user=user,
            )
            for move in moves.with_env(env):
                notification._alert(move, company, summary, note, CUSTOMER_HOLD)

    def _move_autopay_date(self, day):
        """Have the customer's day be that of the charge; the first one is kept.

        :param date day: None brings back the day before it was moved
        """
        self.ensure_one()
        if day:
            self._write_autopay(
                {
                    "autopay_moved_from": self.autopay_moved_from or self.autopay_date,
                    "autopay_date": day,
                    "autopay_date_source": "customer",
                }
            )
            return
        self._write_autopay(
            {"autopay_date": self.autopay_moved_from, "autopay_moved_from": False}
        )

    # === ODOO'S OWN PAGES === #

    def _filter_autopay_to_collect(self):
        """Return those that autopay is to collect, where it is on."""
        return self._filter_autopay_on().filtered(
            lambda move: (
                move.autopay_status in ("eligible", "error")
                and move.state == "posted"
                and move.payment_state in const.invoice.UNPAID_STATES
            )
        )

    def _is_autopay_failed(self):
        return self.autopay_status == "error" or self.autopay_failed_before

    def _get_autopay_portal_words(self, decision):
        """Return what the customer reads of a decision about this invoice, or False."""
        if decision.blocker == "customer_hold":
            return get_skipped_words(self.env)
        last = self.autopay_attempt_line_ids.attempt_id.sorted("id")[-1:]
        if self._is_autopay_failed() and last.state == "declined":
            return get_declined_words(self.env, last, decision)
        if decision.blocker in PLANNED_BLOCKERS:
            method = self._get_autopay_method_words(decision.token)
            return get_planned_words(self.env, decision, method)
        return False

    def _get_autopay_method_words(self, token):
        """Return how a method is called where the words are read."""
        if self.env.context.get("autopay_on_paper"):
            # Kept and passed on: nobody knows who reads it.
            return get_kind_words(self.env, token)
        if self._may_name_autopay_method():
            return token._get_autopay_label()
        return self.env._("the payment method that was agreed")

    def _may_name_autopay_method(self):
        """Return whether the reader may know the method: no holder of a link may."""
        reader_id = self.env.context.get("autopay_reader_id") or self.env.uid
        user = self.env["res.users"].browse(reader_id)
        own = user.partner_id.commercial_partner_id == self.commercial_partner_id
        return user._is_internal() or own

    def _get_autopay_portal_notice(self, reader=None, on_paper=False):
        """Return what a customer is to read of autopay on an invoice; "" of nothing.

        :param reader: the user of the browser; holders of links read with the rights
            of the system
        :param bool on_paper: whether it is printed or sent
        :return: (the sentence, whether there is nothing to pay here)
        """
        self.ensure_one()
        if not self._filter_autopay_known():
            return "", False
        if self._is_autopay_withheld() and not self._is_autopay_held():
            return self._get_online_payment_error(), True
        reader_id = reader.id if reader else self.env.uid
        move = self.sudo().with_context(
            autopay_reader_id=reader_id, autopay_on_paper=on_paper
        )
        words = move.autopay_portal_words or ""
        quiet = move.autopay_portal_planned or bool(words and self._is_autopay_held())
        return words, quiet
