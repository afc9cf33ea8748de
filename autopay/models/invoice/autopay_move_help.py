from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const.blockers.methods import ASKABLE_CODES
from ...rights import BILLING_GROUP, check_billing
from .autopay_move_action import needs_method

# The customer's consent is changed on the customer.
CONSENT_LIMITS = ("above_authorization", "authorized_month_reached")


class AutopayMoveHelp(models.Model):
    """The one thing that helps where an invoice cannot be charged, as a button.

    Of a lost card no further try collects anything: the customer is asked for another
    method. What waits for the customer is helped by a link, not by a retry.
    """

    _inherit = "account.move"

    autopay_confirm_url = fields.Char(
        string="Link to Confirm",
        compute="_compute_autopay_confirm_url",
        compute_sudo=True,
        groups=BILLING_GROUP,
        help="Send it to the customer, who confirms the charge with the bank there.",
    )

    # === COMPUTE METHODS === #

    @api.depends("autopay_status")
    def _compute_autopay_confirm_url(self):
        self.autopay_confirm_url = False
        # A charge that waits for the customer shows as failed meanwhile.
        for move in self._filter_autopay_busy():
            waiting = move._get_autopay_waiting_attempt()
            move.autopay_confirm_url = waiting.confirm_url

    def _get_autopay_offers(self, decision):
        """Override to offer another payment method where only that helps."""
        offers = super()._get_autopay_offers(decision)
        codes = self.env["autopay.decision"]._get_blocker_table().payer_codes
        is_asked = decision.blocker in ASKABLE_CODES
        if is_asked or (decision.blocker == "failed" and needs_method(decision, codes)):
            offers = [*offers, "request_method"]
        if decision.blocker in codes or decision.blocker in CONSENT_LIMITS:
            offers = [*offers, "open_customer"]
        return offers

    # === ACTION METHODS === #

    def action_autopay_request_method(self):
        """Show the request for a payment method to the customers of these invoices."""
        check_billing(self)
        self.check_access("read")
        return self.commercial_partner_id.action_autopay_request_method()

    def action_autopay_open_customer(self):
        """Open the customer who pays this invoice."""
        self.ensure_one()
        self.check_access("read")
        return self.commercial_partner_id._get_records_action()

    def action_autopay_open_approval(self):
        """Open what a billing manager is asked about the charge of this invoice.

        :raises UserError: when there is no question any more
        """
        return self._open_autopay_approval()

    def _open_autopay_approval(self, tokens=None):
        """Open what is asked; see ``action_autopay_open_approval``.

        :param dict tokens: {move id: token} that a person has chosen for a charge now
        """
        self.ensure_one()
        self.check_access("read")
        approvals = self.env["autopay.approval"]
        asked = approvals._get_open(self).get(self.id, approvals)
        if self.env.user.has_group(BILLING_GROUP):
            # A "no" holds whatever the charge comes to by now.
            asked.filtered(lambda rec: rec.state != "refused")._lapse_when_changed()
        if tokens or self.id not in approvals._get_open(self):
            check_billing(self)
            approvals._request(self, tokens=tokens)
        approval = approvals._get_open(self).get(self.id)
        if not approval:
            raise UserError(
                self.env._(
                    "Its charge needs no approval any more: load the page again."
                )
            )
        return approval.sudo(False)._get_records_action()

    def action_autopay_lift_hold(self):
        """Let the invoice be charged on its date again."""
        self.ensure_one()
        check_billing(self)
        self.write({"autopay_hold_date": False, "autopay_hold_reason": False})

    def action_autopay_withdraw(self):
        """Cancel the charge that waits for the customer, who was not charged yet.

        :raises UserError: when none waits any more
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        return self._get_autopay_held_attempt().action_withdraw()

    def action_autopay_check_now(self):
        """Ask the provider about the charge of this invoice, and say what it answers.

        :raises UserError: when it is over
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        return self._get_autopay_held_attempt().action_check_now()

    def _get_autopay_held_attempt(self):
        """Return the charge that holds this invoice.

        :raises UserError: when none does any more
        """
        held = self.autopay_attempt_line_ids.filtered("live").attempt_id
        if not held:
            raise UserError(self.env._("The charge is over. Load the page anew."))
        return held
