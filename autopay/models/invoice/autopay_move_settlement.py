from odoo import api, fields, models
from odoo.fields import Domain

from ...const.attempt import REFUND_DECISION_DAYS
from ...const.invoice import (
    KNOWN_PREFETCH,
    MOVE_STATUSES,
    OWN_PREFETCH,
    UNPAID_STATES,
)
from ...const.reversal import MONEY_GONE
from ...rights import STAFF_GROUPS, check_billing

# Money that is gone for good, by kind and state: a person says whether it is owed.
TO_DECIDE = (("refund", "booked"), ("dispute", "lost"))


class AutopayMoveSettlement(models.Model):
    """Has the status of an invoice follow what became of the money collected for it.

    An invoice that was collected can be open again: it was raised, its payment taken
    off it, the money refunded. Whoever does that need not know of autopay.
    """

    _inherit = "account.move"

    autopay_refunded = fields.Boolean(
        string="Refunded, to Decide",
        copy=False,
        readonly=True,
        tracking=True,
        help="Money that autopay had collected was given back, and nobody has said yet "
        "whether the customer owes it still. Until then it is neither charged nor "
        "asked for.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_failed_before = fields.Boolean(
        string="Failed, Settled since",
        copy=False,
        prefetch=OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="A charge failed before the invoice was settled without autopay: when "
        "that is undone, it has failed again.",
    )
    autopay_shown_status = fields.Selection(
        [
            *MOVE_STATUSES,
            ("refunded", "Refunded"),
            ("charged_back", "Charged Back"),
        ],
        string="Autopay Progress",
        compute="_compute_autopay_shown_status",
        compute_sudo=True,
        help="The autopay status, or that the money was returned and a person decides.",
    )
    _autopay_refunded_idx = models.Index("(company_id) WHERE autopay_refunded")

    # === COMPUTE METHODS === #

    @api.depends(
        "autopay_status",
        "autopay_refunded",
        "autopay_attempt_line_ids.attempt_id.reversal_ids.is_decided",
    )
    def _compute_autopay_shown_status(self):
        known = self._filter_autopay_known()
        (self - known).autopay_shown_status = False
        for move in known:
            status = move.autopay_status
            if move.autopay_refunded and status != "in_progress":
                back = move._is_autopay_charged_back()
                status = "charged_back" if back else "refunded"
            move.autopay_shown_status = status

    # === ACTION METHODS === #

    def action_autopay_collect_again(self):
        """Charge refunded invoices once more, at the next run."""
        check_billing(self)
        self.check_access("write")
        refunded = self.filtered("autopay_refunded")
        refunded._check_autopay_free()
        refunded._check_autopay_undisputed()
        refunded._set_autopay_eligible()

    def action_autopay_credit_note(self):
        """Open Odoo's own dialog for a credit note of what was refunded."""
        self.ensure_one()
        check_billing(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_view_account_move_reversal"
        )
        amount = self._get_autopay_refunded_amount()
        words = self.env._("Refund of %(amount)s")
        if self._is_autopay_charged_back():
            words = self.env._("Lost dispute of %(amount)s")
        context = {
            "active_model": self._name,
            "active_ids": self.ids,
            "active_id": self.id,
            "default_reason": words % {"amount": self.currency_id.format(amount)},
            "autopay_credit_amount": amount,
        }
        name = self.env._("Credit Note")
        return {**action, "name": name, "display_name": name, "context": context}

    # === BUSINESS METHODS === #

    def _get_autopay_refunded_amount(self):
        """Return what was refunded and is open; the rest was never collected."""
        refunds = self.sudo().autopay_attempt_line_ids.attempt_id.reversal_ids.filtered(
            lambda reversal: (
                (reversal.kind, reversal.state) in TO_DECIDE
                and reversal.currency_id == self.currency_id
            )
        )
        refunded = sum(refunds.mapped("amount"))
        refunded += self.env["autopay.discount.entry"]._get_taken_back(refunds)
        return min(refunded or self.amount_residual, self.amount_residual)

    def _update_autopay_settlement(self):
        """Have the statuses follow what is open of invoices that were collected."""
        known = self._filter_autopay_known().sudo()
        known._recall_autopay_paid()
        for move in known.filtered(lambda rec: rec._is_autopay_settleable()):
            if not move._is_autopay_open():
                move._show_autopay_settled()
            elif move.autopay_status == "success" and not move.autopay_refunded:
                move._show_autopay_open()
            elif move.autopay_failed_before and move.autopay_status == "eligible":
                move._show_autopay_failed_again()

    def _apply_autopay_payments(self):
        """Pay invoices that are posted again with what was collected for them.

        Odoo takes the payment off a draft whose lines change. An invoice that has got
        another customer is not paid with the money of the first one.
        """
        known = self._filter_autopay_known().sudo()
        moves = known.filtered(lambda rec: rec._is_autopay_settleable())
        for move in moves.filtered(lambda rec: rec.autopay_status != "error"):
            collected = move._get_autopay_collected_lines().attempt_id.filtered(
                lambda attempt, move=move: (
                    attempt.partner_id == move.commercial_partner_id
                )
            )
            entries = move.sudo() | collected.payment_id.move_id.filtered(
                lambda entry: entry.state == "posted"
            )
            lines = entries.line_ids.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and not line.reconciled
                )
            )
            for part in lines.grouped("account_id").values():
                if part.move_id - move and move in part.move_id:
                    part.reconcile()

    def _is_autopay_settleable(self):
        """Return whether a posted invoice shows an outcome that may be out of date.

        Asked where autopay is known. What is being charged is left to its attempt, and
        what is disputed to the bank.
        """
        self.ensure_one()
        statuses = ["success", "eligible"] + ["error"] * (not self.autopay_in_dispute)
        return (
            (self.autopay_refunded or self.autopay_status in statuses)
            and self.move_type == "out_invoice"
            and self.state == "posted"
            # One that waits for its customer shows as failed, and is held.
            and not self._is_autopay_held()
        )

    def _recall_autopay_paid(self):
        """Have charges withdrawn that wait for customers who have paid otherwise.

        Customers who are on the page of their bank could pay a second time.
        """
        waiting = self._get_autopay_live_lines().attempt_id
        waiting.filtered(lambda attempt: attempt._is_paid_otherwise())._check_soon()

    def _is_autopay_open(self):
        """Return whether anything of an invoice is still to be paid.

        Odoo calls an invoice blocked, whatever was paid of it, until that is undone.
        """
        self.ensure_one()
        if self.payment_state == "blocked":
            return not self.currency_id.is_zero(self.amount_residual)
        return self.payment_state in UNPAID_STATES

    def _get_autopay_collected_lines(self):
        """Return the shares of these invoices in attempts that took the money."""
        lines = self.sudo().autopay_attempt_line_ids
        return lines.filtered(lambda line: line.attempt_id.booked_date)

    def _show_autopay_settled(self):
        """Show what became of an invoice of which nothing is open any more.

        It was collected, or it was settled without autopay.
        """
        self._end_autopay_refund()
        failed = self.autopay_status == "error"
        vals = {"autopay_failed_before": True} if failed else {}
        if self.autopay_status in ("eligible", "error") and any(
            line.attempt_id.returned_amount < line.attempt_id.amount
            for line in self._get_autopay_collected_lines()
        ):
            self._write_autopay({**vals, "autopay_status": "success"})
        elif failed:
            self._write_autopay({**vals, "autopay_status": "eligible"})
        if failed:
            self.env["autopay.refusal.notice"]._close_settled(self)

    def _show_autopay_failed_again(self):
        """Show that an invoice is open again that had failed before it was settled."""
        vals = {"autopay_status": "error", "autopay_failed_before": False}
        self._write_autopay(vals)

    @api.model
    def _find_autopay_settled(self):
        """Find failed invoices that were settled in a way that no hook has seen.

        A payment without a journal entry settles its invoice by its state alone.
        """
        failed = Domain("autopay_status", "=", "error") & Domain(
            "payment_state", "in", ("in_payment", "paid", "reversed")
        )
        home = self.env["res.company"]._get_autopay_home_domain()
        moves = self.env["account.move"].search(failed & Domain(home))
        self.env["autopay.surplus"]._apply(self._update_settlement, moves)

    def _update_settlement(self, moves):
        moves._update_autopay_settlement()

    def _show_autopay_open(self):
        """Say of an invoice that was collected, and is open, what comes next."""
        collected = self._get_autopay_collected_lines()
        reversals = collected.attempt_id.reversal_ids
        gone = reversals.filtered(
            lambda rec: rec.finding in MONEY_GONE and not rec.is_decided
        )
        if gone:
            self._show_autopay_returned(gone.sorted("id")[-1:].kind)
        elif self.autopay_failed_before:
            # The rest of it is the part that failed.
            self._show_autopay_failed_again()
        elif collected.filtered("previous_status") or self._is_autopay_automatic():
            self._charge_autopay_rest()
        else:
            # An invoice that was not on autopay does not come onto it by a charge.
            self._write_autopay({"autopay_status": False})

    def _is_autopay_automatic(self):
        policy = self.partner_id._get_autopay_policy(self.company_id)
        return policy == "automatic"

    def _charge_autopay_rest(self):
        """Put what is open of a collected invoice on autopay again.

        The checks before each charge say what stands in the way: the policy, the need
        for an approval, or money that was collected and is not applied.
        """
        self._write_autopay(
            {
                "autopay_status": "eligible",
                "autopay_retry_date": False,
                "autopay_crash_count": 0,
                # The confirmation was for the charge that is over.
                "autopay_open_confirmed_by_id": False,
            }
        )
        self._set_autopay_default_date()
        approvals = self.env["autopay.approval"]
        approvals._request(self, approvals._get_person())

    def _show_autopay_returned(self, kind):
        """Show on an invoice that what was collected went back.

        A refund is meant, and a person says what it is for; what a bank or customer
        takes back was a payment that failed.

        :param str kind: the kind of the ``autopay.reversal``
        """
        for move in self:
            if kind == "refund":
                move._begin_autopay_refund()
            elif not move.autopay_refunded:
                vals = {"autopay_status": "error", "autopay_retry_date": False}
                move._write_autopay(vals)

    def _decide_autopay_returned(self):
        """Note that what went back of these invoices is still owed, a person says."""
        returned = self.filtered(
            lambda move: move.autopay_refunded or move.autopay_status == "error"
        )
        reversals = returned._get_autopay_collected_lines().attempt_id.reversal_ids
        reversals.filtered(lambda rec: rec.finding in MONEY_GONE).is_decided = True

    # === REFUNDED === #

    def _mail_track(self, tracked_fields, initial_values):
        """Override of `mail`: of what was returned the history says just that.

        "Collected", the status that it bears until a person has decided, would be the
        opposite of what happened.
        """
        # Named where Autopay is known only: elsewhere nothing of ours is read.
        if "autopay_refunded" in initial_values and self.autopay_refunded:
            tracked_fields = dict(tracked_fields)
            tracked_fields.pop("autopay_status", None)
        return super()._mail_track(tracked_fields, initial_values)

    def _begin_autopay_refund(self):
        """Neither charge nor ask for what was refunded until a person has decided."""
        vals = {"autopay_refunded": True, "autopay_retry_date": False}
        if self.autopay_status != "in_progress":
            vals["autopay_status"] = "success"
        self._write_autopay(vals)
        self._stop_autopay_followup()
        day = fields.Date.add(
            self.company_id._get_autopay_today(), days=REFUND_DECISION_DAYS
        )
        self.env["autopay.reversal.notice"]._alert_refunded(self, day)

    def _end_autopay_refund(self):
        """A person has decided, or nothing is open any more."""
        decided = self.filtered("autopay_refunded")
        if not decided:
            return
        decided._write_autopay({"autopay_refunded": False})
        decided._update_autopay_followup()
        decided.sudo().activity_feedback(
            ["autopay.mail_activity_type_refund"], feedback=self.env._("Decided.")
        )
