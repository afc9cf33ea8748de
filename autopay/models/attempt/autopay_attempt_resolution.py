from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ... import const
from ...gateways.run_context import RunContext
from ...rights import check_billing, check_manager

ATTENTION = "autopay.mail_activity_type_attention"
STATED_NOT_PAID = "stated_not_paid"


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's statement about the outcome of a charge.

    :param kind: a key of ``const.RESOLUTIONS``
    :param paid_on: the day on which the money was taken; None when it was not
    :param reference: what the provider calls the charge
    :param note: where it was looked up, and what else is to be known
    """

    kind: str
    paid_on: date | None = None
    reference: str = ""
    note: str = ""


class AutopayAttemptResolution(models.AbstractModel):
    """Lets people state the outcome of a charge when its provider does not."""

    _name = "autopay.attempt.resolution"
    _description = "Resolution of an Autopay Charge by a Person"

    resolution = fields.Selection(
        const.attempt.RESOLUTIONS, string="Confirmed Manually", readonly=True
    )
    resolution_user_id = fields.Many2one(
        "res.users", string="Confirmed by", readonly=True, ondelete="restrict"
    )
    resolution_date = fields.Datetime(string="Confirmed on", readonly=True)
    resolution_reference = fields.Char(string="Reference Given", readonly=True)
    resolution_note = fields.Text(string="Note Given", readonly=True)
    resolution_paid_on = fields.Date(string="Paid on", readonly=True)
    resolution_confirmed = fields.Boolean(
        readonly=True,
        help="Nothing can contradict what was said any more, or a person has seen to "
        "the contradiction.",
    )
    can_state_paid = fields.Boolean(compute="_compute_can_state", compute_sudo=True)
    can_state_not_paid = fields.Boolean(compute="_compute_can_state", compute_sudo=True)
    can_ask = fields.Boolean(compute="_compute_can_state", compute_sudo=True)

    @api.depends("state", "mismatch", "check_count")
    def _compute_can_state(self):
        for attempt in self:
            attempt.can_ask = attempt._can_be_asked()
            attempt.can_state_not_paid = attempt._can_be_stated("not_paid")
            attempt.can_state_paid = attempt._can_be_stated("paid")

    # === ACTION METHODS === #

    def action_state_paid(self):
        """Ask a person what is known of a charge that was paid."""
        return self._open_statement("paid", self.env._("Confirm as Paid"))

    def action_state_not_paid(self):
        """Ask a person where it was seen that nothing was paid."""
        return self._open_statement("not_paid", self.env._("Confirm as Not Paid"))

    def action_mark_checked(self):
        """Ask a billing manager what became of a contradiction."""
        check_manager(self)
        return self._open_statement("checked", self.env._("Checked"))

    def _open_statement(self, kind, title):
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "autopay.resolve",
            "view_mode": "form",
            "target": "new",
            "context": {"default_attempt_id": self.id, "default_kind": kind},
        }

    # === BUSINESS METHODS === #

    def _take_statement(self, statement):
        """Carry out what a person says; say the same twice, and nothing more happens.

        A provider that can be asked is asked first: its answer counts, not ours.

        :param statement: a :class:`Statement`
        :raises UserError: when the outcome is known by now
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        attempt = self.sudo().with_context(clean_context(self.env.context))
        if attempt.state in const.attempt.OPEN_STATES and attempt._can_be_asked():
            attempt.action_check_now()
        resolver = attempt.env["autopay.resolver"]
        taken = resolver._apply_committed(attempt._record_statement, attempt, statement)
        with RunContext() as ctx:
            resolver._settle(ctx, taken)

    def _record_statement(self, attempts, statement):
        """Write down what was said; return what is to be booked or released."""
        attempt = attempts.try_lock_for_update(allow_referencing=True)
        if not attempt:
            raise UserError(
                self.env._("This charge is being looked at. Try again in a moment.")
            )
        if attempt._was_stated(statement):
            return attempt.browse()
        attempt._check_statement(statement)
        attempt._log_statement(statement)
        return getattr(attempt, f"_set_stated_{statement.kind}")(statement)

    def _was_stated(self, statement):
        same = self.resolution == statement.kind
        return same and self.state in ("succeeded", "declined") and not self.mismatch

    def _check_statement(self, statement):
        """Let people speak only where the provider does not.

        :raises UserError: when there is nothing to say
        """
        if self._can_be_stated(statement.kind):
            return
        if self.state in const.attempt.OPEN_STATES and self._can_be_asked():
            raise UserError(
                self.env._("The provider can still answer. Ask it rather than decide.")
            )
        raise UserError(
            self.env._(
                "There is nothing to decide: %(sentence)s", sentence=self.explanation
            )
        )

    def _can_be_stated(self, kind):
        """Return whether a person may say this of the charge, a key of RESOLUTIONS.

        What was never sent cannot have been paid.
        """
        self.ensure_one()
        if kind == "not_paid":
            return self._is_overdue()
        unsent = self.state in const.attempt.UNCHARGED_STATES
        return self._is_contradicted() or (self._is_overdue() and not unsent)

    def _set_stated_paid(self, statement):
        """Money was taken, a person says: book it like any other charge."""
        contradicted = self._is_contradicted()
        vals = self._prepare_statement_vals(statement)
        if contradicted:
            vals["mismatch"] = False
        if statement.reference and not self.object_ref:
            vals["object_ref"] = statement.reference
            self._save_provider_references([statement.reference])
        moved = self._set_succeeded(**vals)
        moved._hold_again()
        moved._schedule_check()
        return moved

    def _set_stated_not_paid(self, statement):
        """No money was taken, a person says: release the invoice, try nothing."""
        vals = self._prepare_statement_vals(statement)
        if self.state in const.attempt.UNCHARGED_STATES:
            return self._set_canceled(**vals)
        if self.state == "declined":
            # It keeps the reason for which it was declined.
            self.write({"provider_closed": True, **vals})
            moved = self
        else:
            moved = self._set_declined(
                provider_closed=True,
                decline_class="configuration",
                decline_code=STATED_NOT_PAID,
                **vals,
            )
        moved._schedule_check()
        return moved

    def _prepare_statement_vals(self, statement):
        return {
            "resolution": statement.kind,
            "resolution_user_id": self.env.uid,
            "resolution_date": fields.Datetime.now(),
            "resolution_reference": statement.reference,
            "resolution_note": statement.note,
            "resolution_paid_on": statement.paid_on,
            "resolution_confirmed": False,
        }

    def _hold_again(self):
        """Keep released invoices from being charged until this attempt is booked."""
        held = self.search(
            [("line_ids.live", "=", True), ("move_ids", "in", self.move_ids.ids)]
        )
        free = self.line_ids.filtered(lambda line: line.move_id not in held.move_ids)
        free.live = True

    def _mark_checked(self, note):
        """Take in that a billing manager has seen to a contradiction."""
        self.ensure_one()
        check_manager(self)
        self.check_access("read")
        attempt = self.sudo()
        if not attempt.mismatch:
            return
        attempt.write({"mismatch": False, "resolution_confirmed": True})
        attempt._close_alarms(self.env._("Checked: %(note)s", note=note))

    def _log_statement(self, statement):
        """Leave a trace of what was said in the history of the attempt."""
        lines = [dict(const.attempt.RESOLUTIONS)[statement.kind]]
        if statement.paid_on:
            lines.append(self.env._("Paid on %(day)s", day=statement.paid_on))
        if statement.reference:
            lines.append(self.env._("Reference: %(ref)s", ref=statement.reference))
        self._close_alarms("\n".join([*lines, statement.note]))

    def _close_alarms(self, text):
        """Log what a person said, and end the alarms that asked for it."""
        self.message_post(body=text, subtype_xmlid="mail.mt_note")
        self.activity_unlink([ATTENTION])

    # === CONTRADICTIONS === #

    def _is_contradicted(self):
        """Return whether the provider reports money where our record has none."""
        self.ensure_one()
        return self.mismatch and self.state in const.attempt.UNCOLLECTED_STATES

    def _alert_failed_after_all(self):
        """Call a person about charges that count as paid, and failed says the provider.

        :return: the attempts concerned
        """
        paid = self.filtered(lambda attempt: attempt.state == "succeeded")
        for attempt in paid:
            summary = self.env._("Counts as paid, but failed as the provider says")
            note = self.env._(
                "Look it up at the provider. If the money did not come, reset the "
                "payment of this charge to draft: its invoice is open again then."
            )
            self.env["autopay.notification"]._alert(
                attempt, attempt.company_id, summary, note
            )
        return paid

    def _is_to_verify(self):
        """Return whether the provider may still contradict, or has contradicted us."""
        self.ensure_one()
        if self.mismatch or self.resolution_confirmed:
            return False
        if self._can_be_asked():
            return self.resolution == "not_paid" and self.state == "declined"
        return bool(self._get_late_outcome())

    def _get_late_outcome(self):
        """Return a success that Odoo learned of after the attempt had failed."""
        late = self.transaction_id.state == "done" and not self._can_be_asked()
        if not late or self.state not in const.attempt.UNCOLLECTED_STATES:
            return None
        return self.transaction_id._get_autopay_outcome()

    def _get_booking_date(self):
        """Return the day on which the payment is booked."""
        self.ensure_one()
        return self.resolution_paid_on or self.company_id._get_autopay_today()
