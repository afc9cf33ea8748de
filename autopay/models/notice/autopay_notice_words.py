from odoo import api, fields, models

from ...const.notices.expiring import EXPIRING
from ...const.notices.kinds import CONFIRM_KINDS, FAILED_KINDS
from ...rights import BILLING_GROUP
from ...words.amounts import format_amount
from ...words.days import say_day
from ...words.notices.customers import (
    get_confirm_step,
    get_invoice_names,
    get_link_label,
    get_next_step,
    get_part_words,
    get_reason,
    get_rest_words,
    get_returned_title,
    get_sample_words,
)
from ...words.portal.confirmations import get_deadline_words

# The methods that return where a customer does what a mail asks for.
ASKING_LINKS = {
    **dict.fromkeys(CONFIRM_KINDS, "_get_confirm_url"),
    **dict.fromkeys(FAILED_KINDS, "_get_failed_url"),
    EXPIRING: "_get_expiring_url",
    "request": "_get_request_url",
}


class AutopayNoticeWords(models.AbstractModel):
    """The words of a notice, in the language of its customer, for its template."""

    _name = "autopay.notice.words"
    _description = "Words of Mails to Customers"

    lang = fields.Char(string="Language", compute="_compute_lang", compute_sudo=True)
    recipient_ids = fields.Many2many(
        "res.partner",
        compute="_compute_recipient_ids",
        compute_sudo=True,
        context={"active_test": False},
    )
    partner_to = fields.Char(compute="_compute_recipient_ids", compute_sudo=True)
    amount_words = fields.Char(compute="_compute_words", compute_sudo=True)
    method_label = fields.Char(
        string="Name of the Method", compute="_compute_words", compute_sudo=True
    )
    references = fields.Char(
        string="Invoices", compute="_compute_words", compute_sudo=True
    )
    date_words = fields.Char(compute="_compute_words", compute_sudo=True)
    reason_words = fields.Char(compute="_compute_words", compute_sudo=True)
    next_step = fields.Char(compute="_compute_words", compute_sudo=True)
    link_url = fields.Char(
        string="Link",
        compute="_compute_link_url",
        compute_sudo=True,
        groups=BILLING_GROUP,
    )
    link_label = fields.Char(
        string="Button", compute="_compute_words", compute_sudo=True
    )
    agreed_words = fields.Text(compute="_compute_words", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("partner_id.lang", "company_id.partner_id.lang")
    def _compute_lang(self):
        """Take the customer's language, or the company's where it is not installed."""
        installed = dict(self.env["res.lang"].get_installed())
        for notice in self:
            wanted = (notice.partner_id.lang, notice.company_id.partner_id.lang)
            notice.lang = next((lang for lang in wanted if lang in installed), "en_US")

    @api.depends("contact_id", "partner_id", "res_model", "res_id")
    def _compute_recipient_ids(self):
        """Take whoever gets the invoices, else the contacts or the customer.

        A contact who has gone to another company reads no more of this customer.
        """
        found = self.env["res.partner"]._find_recipients(self.partner_id)
        for notice in self:
            payer = notice.partner_id.commercial_partner_id
            addressed = notice._get_moves(notice._get_subject()).partner_id
            billed = addressed.filtered(
                lambda partner, payer=payer: (
                    partner.active
                    and partner.email_normalized
                    and partner.commercial_partner_id == payer
                )
            )
            own = found.get(notice.partner_id, addressed.browse())
            contact = notice.contact_id.filtered("email_normalized")
            notice.recipient_ids = contact or billed or own
            notice.partner_to = ",".join(map(str, notice.recipient_ids.ids))

    @api.depends_context("lang")
    @api.depends("kind", "amount", "res_model", "res_id")
    def _compute_words(self):
        for notice in self:
            notice.amount_words = format_amount(
                self.env, notice.currency_id, notice.amount
            )
            record = notice._get_subject()
            if not record:
                words = get_sample_words(self.env, notice.kind, notice.currency_id)
                notice.update(words)
                continue
            notice.date_words = notice._get_date_words(record)
            notice.method_label = notice._get_token(record)._get_autopay_label()
            moves = notice._get_moves(record)
            notice.references = get_invoice_names(self.env, moves)
            notice.reason_words = notice._get_reason_words(record)
            notice.next_step = notice._get_next_step(record)
            notice.agreed_words = notice._get_agreed_words(record)
            notice.link_label = get_link_label(self.env, notice._is_owed(record))

    def _compute_link_url(self):
        for notice in self:
            notice.link_url = notice._get_link(notice._get_subject())

    # === WORDS === #

    def _get_moves(self, record):
        """Return the invoices that a notice is about, those of its customer.

        An invoice that was released can be made out to another one.
        """
        payer = self.partner_id.commercial_partner_id
        if record and record._name == "account.move":
            return record.filtered(lambda move: move.commercial_partner_id == payer)
        for name in ("move_ids", "move_id"):
            if _has(record, name):
                return record[name].filtered(
                    lambda move: (
                        move.partner_id.commercial_partner_id == payer
                        or move.commercial_partner_id in (payer, self.partner_id)
                    )
                )
        return self.env["account.move"]

    def _get_token(self, record):
        """Return the method that it is about, perhaps none."""
        if record and record._name == "payment.token":
            return record
        found = record.token_id if _has(record, "token_id") else False
        return self.token_id or found or self.env["payment.token"]

    def _get_date_words(self, record):
        """Return the day of the event, where the company is."""
        if record and self.kind == EXPIRING:
            last = record.autopay_expiry_date
            return say_day(self.env, last)
        if self.charge_date:
            return say_day(self.env, self.charge_date)
        moment = next(
            (
                record[name]
                for name in ("outcome_date", "event_date", "date")
                if _has(record, name) and record[name]
            ),
            self.create_date or fields.Datetime.now(),
        )
        zoned = self.with_context(tz=self.company_id._get_autopay_tz())
        local = fields.Datetime.context_timestamp(zoned, moment)
        return say_day(self.env, local, year=True)

    def _get_reason_words(self, record):
        if self.kind == "returned":
            return record and get_returned_title(self.env, record)
        if not _has(record, "decline_class"):
            return ""
        return get_reason(self.env, record.decline_class)

    def _get_next_step(self, record):
        """Return what happens now, or what the customer can do."""
        if self.kind in CONFIRM_KINDS:
            return get_confirm_step(self.env, get_deadline_words(self.env, record))
        if rest := self._get_rest_words(record):
            return rest
        is_failure = record and self.kind in FAILED_KINDS
        retry_date = self._get_retry_date() if is_failure else False
        return get_next_step(self.env, self.kind, retry_date, self._is_owed(record))

    def _get_rest_words(self, record):
        """Return what is left of invoices of which a part was collected, or nothing."""
        if self.kind != "receipt" or not record:
            return ""
        left = self._get_moves(record).filtered(
            lambda move: (
                move.state == "posted"
                and move._is_autopay_open()
                and not move._is_autopay_withheld()
            )
        )
        if not left:
            return ""
        decisions = self.env["autopay.decision"]._decide_safely(left)
        steps = [get_rest_words(self.env, decisions[move]) for move in decisions]
        return " ".join(steps)

    def _is_owed(self, record):
        """Return whether money that a bank took back is to be paid again.

        Of refunds and disputes staff say whether anything is still owed.
        """
        if self.kind != "returned" or not record or record.kind != "return":
            return False
        return any(move._is_autopay_open() for move in record.move_ids)

    def _get_agreed_words(self, record):
        """Return the parts of a plan, one a line."""
        if not _has(record, "installment_ids"):
            return ""
        return "\n".join(
            get_part_words(self.env, part.currency_id, part.amount, part.date)
            for part in record.installment_ids
        )

    # === LINK === #

    def _get_link(self, record):
        """Return the address of the button: the invoice, or the list of several."""
        moves = self._get_moves(record)
        if record and self.kind in ASKING_LINKS:
            return getattr(self, ASKING_LINKS[self.kind])(record)
        if record and self._is_owed(record):
            return self._get_pay_url(moves)
        base = self.company_id.get_base_url()
        if len(moves) == 1:
            return f"{base}{moves.get_portal_url()}"
        path = "/my/autopay/payments" if self.kind == "receipt" else "/my/invoices"
        return f"{base}{path}"

    def _get_confirm_url(self, attempt):
        return self.env["autopay.confirmation"]._get_url(attempt)

    def _get_request_url(self, request):
        return request._get_link()

    def _get_failed_url(self, attempt):
        return self._get_pay_url(self._get_moves(attempt))

    def _get_expiring_url(self, token):
        """Return the address where another method is saved before this one expires."""
        moves = self.env["autopay.notice.expiring"]._find_moves_after(token)
        own = moves.filtered(lambda move: move.company_id == self.company_id)
        page = f"/my/autopay/method/new?company={self.company_id.id}"
        url = self._get_pay_url(own)
        return (
            url if self._may_save() and url else self.company_id.get_base_url() + page
        )

    def _may_save(self):
        """Return whether all who read the mail may say how the customer pays."""
        recipients = self.recipient_ids
        trusted = self.env["autopay.request.contacts"]._filter_trusted(recipients)
        return trusted == recipients

    def _get_pay_url(self, moves):
        """Return the address of the page on which failed invoices are paid.

        It lets another method be saved when all who read the mail may say how the
        customer pays.
        """
        return self.env["autopay.pay.link"]._get_url(
            self.partner_id, self.company_id, moves, may_save=self._may_save()
        )


def _has(record, name):
    return bool(record) and name in record._fields
