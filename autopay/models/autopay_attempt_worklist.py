from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse

from .. import const

ACTIVE_STATES = ("reserved", "prepared", "charging")


class AutopayAttemptWorklist(models.AbstractModel):
    """Why an attempt is on the list "To Resolve", and for how long."""

    _name = "autopay.attempt.worklist"
    _description = "Worklist of Autopay Attempts"

    age = fields.Char(compute="_compute_age", help="Since the charge was reserved.")
    attention = fields.Text(
        string="Why It Is Here", compute="_compute_attention", compute_sudo=True
    )
    to_resolve = fields.Boolean(
        compute="_compute_to_resolve", search="_search_to_resolve", compute_sudo=True
    )

    @api.depends_context("lang")
    @api.depends("reserved_date")
    def _compute_age(self):
        now = fields.Datetime.now()
        locale = babel_locale_parse(self.env.lang or "en_US")
        for attempt in self:
            since = attempt.reserved_date
            attempt.age = since and format_timedelta(now - since, locale=locale)

    @api.depends("state", "mismatch", "booking_error", "booked_date", "check_count")
    def _compute_attention(self):
        for attempt in self:
            attempt.attention = attempt._get_attention()

    def _get_attention(self):
        """Return what a person has to do about this attempt, or an empty text."""
        self.ensure_one()
        for applies, sentence in self._get_attention_sentences():
            if applies:
                return sentence
        return ""

    def _get_attention_sentences(self):
        """Return [(whether it applies, sentence)], the most urgent first."""
        unknown = self.state == "unknown"
        stuck = self.state in ACTIVE_STATES
        return [
            (
                self._is_contradicted(),
                self.env._(
                    "The provider reports money for a charge that failed. Look it up "
                    "there: if it was paid, say so."
                ),
            ),
            (
                self.mismatch,
                self.env._(
                    "The provider's answer is not what was asked for. Compare it with "
                    "the books."
                ),
            ),
            (
                unknown and not self._can_be_asked(),
                self.env._(
                    "This provider cannot be asked. Look the charge up there and say "
                    "whether it was paid."
                ),
            ),
            (
                unknown and self._is_overdue(),
                self.env._(
                    "The provider has not answered for long. Look the charge up there "
                    "and say whether it was paid."
                ),
            ),
            (
                unknown,
                self.env._("No answer yet. The provider is asked again by itself."),
            ),
            (
                bool(self.booking_error) and not self.booked_date,
                self.env._("Collected, but not booked: mend what stops the booking."),
            ),
            (stuck, self.env._("Left behind by a run. It is looked at by itself.")),
        ]

    @api.depends("state", "mismatch", "booking_error", "booked_date", "activity_ids")
    def _compute_to_resolve(self):
        listed = self.filtered_domain(self._get_to_resolve_domain())
        for attempt in self:
            attempt.to_resolve = attempt in listed

    def _search_to_resolve(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_to_resolve_domain()
        return domain if True in value else ~domain

    @api.model
    def _get_to_resolve_domain(self):
        """Return the attempts that need, or may soon need, a person."""
        old = fields.Datetime.subtract(
            fields.Datetime.now(), minutes=const.STUCK_MINUTES
        )
        stuck = Domain("state", "in", ACTIVE_STATES) & Domain("reserved_date", "<", old)
        unbooked = Domain("booking_error", "!=", False) & Domain(
            "booked_date", "=", False
        )
        return (
            Domain("state", "=", "unknown")
            | stuck
            | unbooked
            | Domain("mismatch", "=", True)
            | Domain("activity_ids", "!=", False)
        )
