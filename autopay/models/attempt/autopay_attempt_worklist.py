from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse
from odoo.tools.translate import LazyTranslate

from ... import const
from ...const.deadline import ATTEMPT_WAITS

_lt = LazyTranslate(__name__)


# Whether it applies to an attempt: what to do. The first that applies is shown.
ATTENTION_SENTENCES = [
    (
        lambda attempt: attempt._is_contradicted(),
        _lt(
            "The provider reports money for a charge that failed. Look it up there: if "
            "it was paid, say so."
        ),
    ),
    (
        lambda attempt: attempt.mismatch,
        _lt(
            "The provider's answer is not what was asked for. Compare it with the "
            "books."
        ),
    ),
    (
        lambda attempt: attempt.state == "unknown" and not attempt._can_be_asked(),
        _lt(
            "This provider cannot be asked. Look the charge up there and say whether "
            "it was paid."
        ),
    ),
    (
        lambda attempt: attempt._is_overdue(),
        _lt(
            "The provider has not answered for long. Look the charge up there and say "
            "whether it was paid."
        ),
    ),
    (
        lambda attempt: attempt.state == "unknown",
        _lt("No answer yet. It is checked with the provider again automatically."),
    ),
    (
        lambda attempt: attempt.booking_error and not attempt.booked_date,
        _lt("Collected, but not booked: mend what stops the booking."),
    ),
    (
        lambda attempt: attempt.state in const.attempt.ACTIVE_STATES,
        _lt("In the hands of a run. If the run died, it is looked at automatically."),
    ),
]


class AutopayAttemptWorklist(models.AbstractModel):
    """Why an attempt is on the list "To Resolve", and for how long."""

    _name = "autopay.attempt.worklist"
    _description = "Worklist of Autopay Charges"

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
        if not self.mismatch and self._is_late():
            return self.env._(ATTEMPT_WAITS[self.state].advice)
        for applies, sentence in ATTENTION_SENTENCES:
            if applies(self):
                return self.env._(sentence)
        return ""

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
            fields.Datetime.now(), minutes=const.attempt.STUCK_MINUTES
        )
        stuck = Domain("state", "in", const.attempt.ACTIVE_STATES) & Domain(
            "reserved_date", "<", old
        )
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
