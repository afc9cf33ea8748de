from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const.invoice import KNOWN_PREFETCH, OWN_PREFETCH
from ...const.notices.before import BEFORE, MOST_DAYS, SEPA_DAYS, SEPA_TYPES
from ...const.notices.outbox import RECEIPT_PAPERS
from ...rights import PAYMENT_GROUPS

DAYS_FIELDS = (
    "autopay_notice_days_card",
    "autopay_notice_days_debit",
    "autopay_notice_days_sepa",
)


class AutopayCompanyNotice(models.Model):
    """Says how many days before a charge a company tells its customers of it."""

    _inherit = "res.company"

    autopay_notice_days_card = fields.Integer(
        string="Cards",
        groups=PAYMENT_GROUPS,
        help="Customers are told so many days before a card is charged. Zero: they are "
        "not told.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_notice_days_debit = fields.Integer(
        string="Bank Debits",
        groups=PAYMENT_GROUPS,
        help="Customers are told so many days before a bank account is debited other "
        "than by SEPA. Zero: they are not told. Rules differ by country: ask a bank.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_notice_days_sepa = fields.Integer(
        string="SEPA Debits",
        default=SEPA_DAYS,
        groups=PAYMENT_GROUPS,
        help="The rules of SEPA ask for 14 days, or fewer when the customer has agreed "
        "to that with you. Zero: they are not told.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_notice_gate = fields.Boolean(
        string="No Charge without Notice",
        groups=PAYMENT_GROUPS,
        help="Nothing is charged before the mail was sent and so many days are over. A "
        "larger amount, another method or an earlier day is told anew. Charge Now "
        "charges nevertheless.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_receipt_paper = fields.Selection(
        RECEIPT_PAPERS,
        string="PDF with Receipts",
        groups=PAYMENT_GROUPS,
        help="What is attached to the mail that tells a customer of a charge that was "
        "collected. A mail whose PDF cannot be printed goes without it.",
        prefetch=OWN_PREFETCH,
    )
    autopay_notice_look_date = fields.Datetime(
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        readonly=True,
        copy=False,
        help="When it was last looked for charges that customers are to be told of.",
    )
    autopay_notice_look_begun = fields.Datetime(
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        readonly=True,
        copy=False,
        help="When a look began that was not finished; empty: none is under way.",
    )
    autopay_notice_look_payer = fields.Integer(
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        readonly=True,
        copy=False,
        help="The customer with whom the look that was not finished goes on.",
    )

    autopay_expiry_look_date = fields.Date(
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        readonly=True,
        copy=False,
        help="When it was last looked for cards that expire before their next charge.",
    )

    @api.constrains(*DAYS_FIELDS)
    def _check_autopay_notice_days(self):
        for company in self:
            if any(not 0 <= company[name] <= MOST_DAYS for name in DAYS_FIELDS):
                raise ValidationError(
                    self.env._(
                        "Customers can be told of a charge between 0 and %s days "
                        "before.",
                        MOST_DAYS,
                    )
                )

    @api.constrains("autopay_notice_gate")
    def _check_autopay_notice_gate(self):
        off = self.env["autopay.notice.setting"]._get_off()
        for company in self.filtered("autopay_notice_gate"):
            company._check_autopay_told(off)

    def _check_autopay_told(self, off):
        """Refuse that charges wait for mails which are switched off.

        :param off: {(company id, kind)}, as ``_get_off`` of the settings returns
        :raises ValidationError: when they do
        """
        if self.autopay_notice_gate and (self.id, BEFORE) in off:
            raise ValidationError(
                self.env._(
                    "Nothing is charged without notice in %s, and the mail before a "
                    "charge is switched off: nothing would be charged. Change one of "
                    "them.",
                    self.name,
                )
            )

    def _get_autopay_notice_days(self, token):
        """Return how many days before a charge its customer is told; 0: never."""
        self.ensure_one()
        company = self.sudo()
        if token._get_autopay_method_type() in SEPA_TYPES:
            return company.autopay_notice_days_sepa
        if token._is_autopay_debit():
            return company.autopay_notice_days_debit
        return company.autopay_notice_days_card

    def _is_autopay_telling(self):
        """Return whether customers are told of any charges before."""
        self.ensure_one()
        return any(self.sudo()[name] for name in DAYS_FIELDS)
