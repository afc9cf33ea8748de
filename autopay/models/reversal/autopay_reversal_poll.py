from datetime import timedelta

from odoo import api, fields, models

from ...const.reversal import ABANDONED_DAYS, UNREAD_HOURS
from ...words.days import say_day
from ...words.reversals import get_reading_sentence


class AutopayReversalPoll(models.Model):
    """Up to when we know all that went back at a provider."""

    _name = "autopay.reversal.poll"
    _description = "Reading of Refunds and Disputes"
    _inherit = ["autopay.default.guard", "mail.thread", "mail.activity.mixin"]
    # People may comment on what nobody may change.
    _mail_post_access = "read"
    _rec_name = "provider_id"
    # Accountants may not search by provider.
    _rec_names_search = ("company_id",)

    provider_id = fields.Many2one(
        "payment.provider", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="provider_id.company_id", store=True)
    asked_date = fields.Datetime(
        readonly=True, help="When the provider was asked last; empty: ask it soon."
    )
    complete_date = fields.Datetime(
        readonly=True, help="Everything before this moment was read and recorded."
    )
    problem = fields.Char(
        readonly=True, help="Why the last reading was not complete; empty when it was."
    )
    problem_text = fields.Char(
        string="Reading Problem", compute="_compute_problem_text"
    )
    alarm_date = fields.Datetime(
        readonly=True, help="When a person was told last that nothing can be read."
    )

    _provider_uniq = models.UniqueIndex(
        "(provider_id)", "The readings of this provider are kept already."
    )

    @api.depends_context("lang")
    @api.depends("problem")
    def _compute_problem_text(self):
        for poll in self:
            problem = poll.problem
            poll.problem_text = problem and get_reading_sentence(self.env, problem)

    @api.model
    def _get(self, provider):
        """Return the readings of a provider, kept from the first question on."""
        found = self.search([("provider_id", "=", provider.id)])
        return found or self.create({"provider_id": provider.id})

    # === ALARM === #

    @api.model
    def _alert_unread(self, provider):
        """Call a person while a provider is not read to the end, once a day at most.

        The call is closed as soon as all is read again.
        """
        poll = self.search([("provider_id", "=", provider.id)])
        # Without one there was nothing to read yet.
        if poll and (since := poll._get_unread_date()):
            poll._alert_unread_since(since)
        elif poll._is_read_again():
            poll._end_alarm()

    def _get_unread_date(self):
        """Return since when money may have gone back unseen; False: not for long."""
        self.ensure_one()
        known = self.complete_date or self._get_charging_dates()[0]
        if not self._is_late(known, hours=UNREAD_HOURS) or self._is_abandoned():
            return False
        return known

    def _is_read_again(self):
        """Return whether all was read after a person was called."""
        return bool(
            self.alarm_date
            and self.complete_date
            and self.complete_date >= self.alarm_date
        )

    def _is_late(self, moment, **delay):
        """Return whether a moment is longer ago than this; False without a moment."""
        return bool(moment) and moment < fields.Datetime.now() - timedelta(**delay)

    def _is_abandoned(self):
        """Return whether the provider is off for so long that nothing comes back."""
        _first, last = self._get_charging_dates()
        off = self.provider_id.sudo().state == "disabled"
        return off and (not last or self._is_late(last, days=ABANDONED_DAYS))

    def _get_charging_dates(self):
        """Return when the provider was asked for money first, and last."""
        home = self.env["res.company"]._get_autopay_home_domain()
        charged = [
            ("provider_id", "=", self.provider_id.id),
            ("charging_date", "!=", False),
        ]
        [dates] = self.env["autopay.attempt"]._read_group(
            home + charged, aggregates=["charging_date:min", "charging_date:max"]
        )
        return dates

    def _alert_unread_since(self, since):
        """Tell the person in charge that refunds and disputes are not seen."""
        if self.alarm_date and not self._is_late(self.alarm_date, hours=UNREAD_HOURS):
            return
        self.alarm_date = fields.Datetime.now()
        summary = self.env._("Refunds and disputes cannot be read")
        note = self.env._(
            "%(provider)s: %(reason)s What was refunded or disputed since %(date)s is "
            "not known, and its invoices still show as paid. Check that the provider's "
            "key is valid and may read refunds and disputes.",
            provider=self.provider_id.sudo().name,
            reason=get_reading_sentence(self.env, self.problem),
            date=say_day(self.env, since),
        )
        self.env["autopay.notification"]._alert(self, self.company_id, summary, note)

    def _end_alarm(self):
        """Close what called for a person: all is known again."""
        self.alarm_date = False
        self.sudo().activity_feedback(
            ["autopay.mail_activity_type_attention"],
            feedback=self.env._("Refunds and disputes were read completely again."),
        )
