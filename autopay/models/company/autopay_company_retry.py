from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...const.invoice import OWN_PREFETCH
from ...const.retry import MOST_RETRIES, RETRY_DAYS, RETRY_SCHEDULES
from ...rights import PAYMENT_GROUPS
from ...schedules.retries import format_days, parse_days

_lt = LazyTranslate(__name__)

# The fields that hold the schedules, and how people call them.
SCHEDULES = {
    "card": ("autopay_retry_card", _lt("declined cards")),
    "debit": ("autopay_retry_debit", _lt("returned bank debits")),
    "technical": ("autopay_retry_technical", _lt("technical failures")),
}


class AutopayCompanyRetry(models.Model):
    """Says how often a company tries a declined charge again, and when.

    Whatever it says, what a card network or a bank answers to a charge goes first: it
    may forbid another try, or have it wait longer.
    """

    _inherit = "res.company"

    autopay_retry_card = fields.Char(
        string="Declined Cards",
        default=format_days(RETRY_DAYS["card"]),
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        help="Days to wait before each further try of a card that was declined for "
        "lack of money and the like, with commas between them; at most five "
        "tries and 30 days in all. Empty: it is not tried again automatically.",
    )
    autopay_retry_debit = fields.Char(
        string="Returned Bank Debits",
        default=format_days(RETRY_DAYS["debit"]),
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        help="Days to wait before each further try of a bank debit that was "
        "returned; the rules of NACHA allow two. Empty: it is not tried again "
        "automatically.",
    )
    autopay_retry_technical = fields.Char(
        string="Technical Failures",
        default=format_days(RETRY_DAYS["technical"]),
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        help="Days to wait before each further try after a fault at the bank or "
        "the provider; at most three tries. Empty: it is not tried again "
        "automatically.",
    )

    @api.constrains(*(name for name, _label in SCHEDULES.values()))
    def _check_autopay_retries(self):
        for company in self:
            for schedule, (name, label) in SCHEDULES.items():
                if company._is_autopay_retry_allowed(schedule, company[name]):
                    continue
                raise ValidationError(
                    self.env._(
                        '"%(typed)s" are no days to try %(what)s again: whole numbers '
                        "from 1 with commas between them, such as 3, 4, 7; at most "
                        "%(most)s of them, and 30 days in all.",
                        typed=company[name],
                        what=self.env._(label),
                        most=MOST_RETRIES[schedule],
                    )
                )

    @api.model
    def _is_autopay_retry_allowed(self, schedule, text):
        try:
            return len(parse_days(text)) <= MOST_RETRIES[schedule]
        except ValueError:
            return False

    def _get_autopay_retry_days(self, family, decline_class):
        """Return the days to wait before each further try of a declined charge.

        :param str family: *card* or *debit*
        :param str decline_class: of ``DECLINE_CLASSES``
        :return: days; none when it is not tried again by itself
        :rtype: tuple
        """
        self.ensure_one()
        schedule = RETRY_SCHEDULES[family].get(decline_class)
        if not schedule:
            return ()
        name, _label = SCHEDULES[schedule]
        return parse_days(self.sudo()[name])[: MOST_RETRIES[schedule]]
