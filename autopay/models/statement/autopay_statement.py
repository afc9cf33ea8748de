import logging
from datetime import date

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...browser_values import is_text
from ...rights import check_staff
from ...words.statements import refusals as words
from .period import Period, get_default_period
from .statement import Account, Statement

REPORT = "autopay.action_report_statement"

_logger = logging.getLogger(__name__)


class AutopayStatement(models.AbstractModel):
    """Says what a customer owed before a period, what came in it and what is left.

    It is read from the ledger: posted lines of the customer and his contacts on
    receivable accounts, but those of other debts than trade ones. Balances of
    currencies are never added to each other.
    """

    _name = "autopay.statement"
    _description = "Statement of a Customer's Account"

    # === DOORS === #

    @api.model
    def _get_own(self, company, period, currency=None):
        """Return the statement of the customer who is logged in.

        :raises AccessError: when nobody is
        :raises UserError: see ``_get_statement``
        """
        if self.env.user._is_public():
            raise AccessError(self.env._("Log in to see your statement."))
        payer = self.env.user.partner_id.commercial_partner_id
        return self.sudo()._get_statement(
            payer.sudo(), company.sudo(), period, currency
        )

    @api.model
    def _get_own_paper(self, statement):
        """Return a statement that ``_get_own`` has given, as the bytes of a PDF."""
        period = statement.period
        (account, *others) = statement.accounts
        data = {
            "company_id": statement.company.id,
            "date_from": period.first.isoformat(),
            "date_to": period.last.isoformat(),
            "currency_id": not others and account.currency.id,
        }
        reports = self.env["ir.actions.report"].sudo().with_company(statement.company)
        return reports._render_qweb_pdf(REPORT, statement.payer.ids, data)[0]

    @api.model
    def _get_for_staff(self, partner, company, period, currency=None):
        """Return the statement of a customer, for people who may read invoices.

        :raises AccessError: when the user may not, or works for another company
        :raises UserError: see ``_get_statement``
        """
        check_staff(self)
        partner.check_access("read")
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work for this company."))
        payer = partner.sudo().commercial_partner_id
        return self.sudo()._get_statement(payer, company.sudo(), period, currency)

    @api.model
    def _check_paper(self, statement):
        """Refuse to print what would keep everybody waiting.

        :raises UserError: when the statement has too many documents for a PDF
        """
        if statement.is_too_long_for_paper:
            raise UserError(words.get_no_paper_words(self.env))

    # === QUESTIONS === #

    @api.model
    def _read_period(self, company, first="", last=""):
        """Return the period that texts from a browser name.

        :param str first: a day like 2026-01-31; empty: that of the default period, or
            of as many months before *last*
        :param str last: a day; empty: today, by the company's clock
        :raises UserError: when one is no day
        """
        today = company.sudo()._get_autopay_today()
        last_day = self._read_day(last) or today
        return Period(self._read_day(first) or self._get_first(last_day), last_day)

    def _get_first(self, last):
        return last if last.year == 1 else get_default_period(last).first

    def _read_day(self, text):
        text = (text or "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise UserError(words.get_no_date_words(self.env, text)) from error

    @api.model
    def _get_currencies(self, payer, company):
        """Return the currencies in which a customer ever had documents."""
        groups = self.env["account.move.line"]._read_group(
            self._get_domain(payer, company), ["currency_id"]
        )
        return self.env["res.currency"].union(*(currency for (currency,) in groups))

    @api.model
    def _read_currency(self, payer, company, code):
        """Return the currency that a text from a browser names; none when it is empty.

        :raises UserError: when the customer has no documents in it
        """
        known = self.sudo()._get_currencies(payer, company)
        if not code:
            return known.browse()
        found = known.filtered(lambda rec: rec.name == code)
        if not found:
            text = code if is_text(code) else ""
            raise UserError(words.get_no_currency_words(self.env, text))
        return found

    # === THE STATEMENT === #

    @api.model
    def _get_statement(self, payer, company, period, currency=None):
        """Return the statement of a customer.

        :param payer: a commercial partner
        :param company: whose documents are meant
        :param Period period: the days
        :param currency: only documents in this currency; all currencies without
        :return: a ``Statement`` with an account for each currency
        :raises UserError: when the period is upside down or too long, when too many
            documents are in it, or when the documents do not add up
        """
        self._check_period(period)
        domain = self._get_domain(payer, company)
        if currency:
            domain &= Domain("currency_id", "=", currency.id)
        before = domain & Domain("date", "<", period.first)
        until = domain & Domain("date", "<=", period.last)
        opening, closing = self._get_sums(before), self._get_sums(until)
        rows = self.env["autopay.statement.row"]._get_rows(
            until & Domain("date", ">=", period.first), opening
        )
        first = currency or company.currency_id
        accounts = [
            Account(
                each, opening.get(each, 0.0), rows.get(each, []), closing.get(each, 0.0)
            )
            for each in self._get_shown(first, closing, rows)
        ]
        for account in accounts:
            self._check_sum(account, payer)
        return Statement(payer, company, period, accounts)

    def _get_shown(self, first, closing, rows):
        """Return the currencies that have something to show, *first* before others.

        :param dict closing: the balances at the end, {currency: amount}
        :param dict rows: the documents, {currency: [Row]}
        """
        owed = {each for each, amount in closing.items() if not each.is_zero(amount)}
        shown = owed | rows.keys() or {first}
        return sorted(shown, key=lambda rec: (rec != first, rec.name))

    def _get_domain(self, payer, company):
        """Return which lines are of a customer's account.

        A line has the commercial partner of its invoice, and keeps it when the contact
        is moved to another customer; lines written by hand may have a contact.
        """
        owners = self.env["autopay.statement.owner"]
        return (
            owners._get_domain(payer, "move_id.partner_id")
            & Domain("company_id", "=", company.id)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("account_id.non_trade", "=", False)
        )

    def _check_period(self, period):
        if period.is_reversed:
            raise UserError(words.get_reversed_words(self.env, period))
        if period.is_too_long:
            raise UserError(words.get_too_long_words(self.env))

    def _get_sums(self, domain):
        """Return what these lines come to, as {currency: amount}."""
        groups = self.env["account.move.line"]._read_group(
            domain, ["currency_id"], ["amount_currency:sum"]
        )
        return {currency: currency.round(total) for currency, total in groups}

    def _check_sum(self, account, payer):
        """Refuse a statement whose documents do not lead from one balance to the other.

        :raises UserError: when they do not
        """
        currency = account.currency
        total = account.opening + sum(row.amount for row in account.rows)
        last = account.rows[-1].balance if account.rows else account.opening
        if all(
            not currency.compare_amounts(each, account.closing)
            for each in (total, last)
        ):
            return
        _logger.error(
            "The statement of partner %s does not add up in %s: %s and its documents "
            "make %s, the ledger says %s.",
            payer.id,
            currency.name,
            account.opening,
            total,
            account.closing,
        )
        raise UserError(words.get_no_sum_words(self.env))
