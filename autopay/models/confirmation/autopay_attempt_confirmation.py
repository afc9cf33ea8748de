from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const.links.confirmation import (
    ANSWER_SECONDS,
    CHECK_MINUTES,
    FREE_LOOKS,
    LOOK_SECONDS,
    MOST_CONFIRMS,
)
from ...rights import BILLING_GROUP, check_billing

SYSTEM = "base.group_system"


class AutopayAttemptConfirmation(models.AbstractModel):
    """A charge of which the bank wants the customer to say that it is his."""

    _name = "autopay.attempt.confirmation"
    _description = "Confirmation of an Autopay Charge"

    confirm_deadline = fields.Datetime(
        string="Confirm until",
        readonly=True,
        help="The charge is withdrawn when the customer has not confirmed it by then.",
    )
    confirm_count = fields.Integer(
        string="Sent to the Bank",
        readonly=True,
        aggregator=None,
        help="How often the customer asked the bank to confirm this charge.",
    )
    confirm_sent_date = fields.Datetime(
        readonly=True,
        help="When the last of these requests was sent; empty once it was answered.",
    )
    confirm_look_count = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How often the provider was asked for whoever has the link.",
    )
    confirm_look_date = fields.Datetime(readonly=True)
    # The last of these requests, as it was committed before it was sent.
    confirm_params = fields.Json(readonly=True, groups=SYSTEM)
    confirm_key = fields.Char(readonly=True, groups=SYSTEM)
    confirm_url = fields.Char(
        string="Link for the Customer",
        compute="_compute_confirm_url",
        compute_sudo=True,
        groups=BILLING_GROUP,
        help="Whoever has it sees this charge, and can confirm it with the bank or pay "
        "in another way.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "confirm_deadline")
    def _compute_confirm_url(self):
        confirmation = self.env["autopay.confirmation"]
        for attempt in self:
            attempt.confirm_url = confirmation._get_url(attempt) or False

    # === ACTION METHODS === #

    def action_send_confirmation(self):
        """Write to the customer once more, with the link to confirm this charge.

        :raises UserError: when there is nothing to confirm any more
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        attempt = self.sudo()
        if not attempt._is_awaiting_customer():
            raise UserError(self.env._("There is nothing to confirm any more."))
        if (attempt.company_id.id, "confirm") in self.env[
            "autopay.notice.setting"
        ]._get_off():
            raise UserError(
                self.env._(
                    "The mail to confirm with the bank is switched off. Copy the link, "
                    "or switch it on: Autopay > Configuration > Kinds of Mail."
                )
            )
        event = f"asked_again:{fields.Datetime.now():%Y%m%d%H%M}"
        row = self.env["autopay.notice.event"]._prepare_row(attempt, "confirm", event)
        self.env["autopay.notice"].sudo()._announce([row])
        message = self.env._("The mail is being sent.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message},
        }

    # === BUSINESS METHODS === #

    def _start_confirmation(self):
        """Give the customers of these attempts the time that the company grants."""
        now = fields.Datetime.now()
        for attempt in self:
            hours = attempt.company_id.autopay_confirm_hours
            attempt.confirm_deadline = now + timedelta(hours=hours)

    def _is_awaiting_customer(self):
        """Return whether the customer can still confirm it."""
        self.ensure_one()
        return (
            self.state == "action_required"
            and bool(self.confirm_deadline)
            and not self._is_given_up()
        )

    def _is_confirmation_sent(self):
        """Return whether the bank is being asked at this moment."""
        self.ensure_one()
        sent = self.confirm_sent_date
        since = fields.Datetime.now() - timedelta(seconds=ANSWER_SECONDS)
        return bool(sent) and sent > since

    def _may_be_confirmed_again(self):
        """Return whether the bank may be asked once more."""
        self.ensure_one()
        return self.confirm_count < MOST_CONFIRMS

    def _count_look(self):
        """Note that the provider is asked for whoever has the link.

        :return: whether it may be: not without end
        """
        self.ensure_one()
        now = fields.Datetime.now()
        lately = now - timedelta(seconds=LOOK_SECONDS)
        often = self.confirm_look_count >= FREE_LOOKS
        if often and self.confirm_look_date and self.confirm_look_date > lately:
            return False
        number = self.confirm_look_count + 1
        self.write({"confirm_look_count": number, "confirm_look_date": now})
        return True

    def _write_confirmation(self, part, return_url):
        """Write down the request that confirms the charge; it is to be committed.

        :param part: the part of the provider's account that confirms
        :param str return_url: where the bank sends the customer back to
        """
        self.ensure_one()
        number = self.confirm_count + 1
        key = self.env["autopay.reservation"]._get_key(
            self.transaction_id, f"confirm|{number}"
        )
        now = fields.Datetime.now()
        request = self._get_charge_request()
        self.write(
            {
                "confirm_count": number,
                "confirm_sent_date": now,
                "confirm_params": part.build_confirmation(request, return_url),
                "confirm_key": key,
                "next_check_date": now + timedelta(minutes=CHECK_MINUTES),
            }
        )

    def _get_confirmation_request(self):
        """Return the request as it was committed, for the provider's account."""
        self.ensure_one()
        attempt = self.sudo()
        return replace(
            attempt._get_charge_request(),
            charge_params=attempt.confirm_params,
            charge_key=attempt.confirm_key,
        )

    def _process_confirmation(self, outcome):
        """Take in what a confirmation came to.

        :param outcome: a ``ChargeOutcome``
        """
        self.ensure_one()
        if outcome.kind != "unknown":
            self.confirm_sent_date = False
        money = outcome.kind in ("succeeded", "pending")
        if self.provider_closed and not money:
            # It was withdrawn while the bank was asked.
            return
        self._process(outcome)
        if self.state == "action_required":
            soon = timedelta(minutes=CHECK_MINUTES)
            self.next_check_date = fields.Datetime.now() + soon
        else:
            self._schedule_check()
