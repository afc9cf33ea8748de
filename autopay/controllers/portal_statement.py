from werkzeug.urls import url_encode

from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import pager

from ..models.statement.period import get_known_periods
from ..words.statements.documents import (
    get_file_name,
    get_period_labels,
    get_way_label,
)
from .portal_common import AutopayPortalCommon

STATEMENT = "/my/statement"
PAYMENTS = "/my/autopay/payments"
# Texts that a page is asked for: longer ones are no dates and no currencies.
MAX_ASKED = 40
PAYMENTS_PER_PAGE = 30


class AutopayPortalStatement(AutopayPortalCommon):
    """Shows customers their accounts and their payments, on screen and on paper."""

    # === STATEMENT === #

    @route(STATEMENT, type="http", auth="user", website=True, methods=["GET"])
    def autopay_statement(self, company=None, **asked):
        """Show what the customer owed before a period, what came and what is left.

        What was asked for and cannot be shown stays in the form, with a sentence.

        :param str company: the id of one of the customer's companies
        :param dict asked: *from* and *to*, days like 2026-01-31, and *currency*, a code
        """
        company = self._get_company(company)
        asked = self._read_asked(asked)
        values = {"statement": None, "statement_error": None}
        try:
            values["statement"] = self._read_statement(company, asked)
            request.env["autopay.statement"]._check_paper(values["statement"])
        except UserError as error:
            values["statement_error"] = str(error)
        statements = request.env["autopay.statement"].sudo()
        values.update(
            asked=self._keep_asked(asked, values["statement"]),
            statement_links=True,
            currencies=statements._get_currencies(self._get_payer(), company),
            known_periods=self._get_known_links(company, asked),
            paper=f"{STATEMENT}/pdf?{self._encode_statement(company, asked)}",
        )
        return self._render("autopay.portal_statement", values, company)

    @route(f"{STATEMENT}/pdf", type="http", auth="user", website=True, methods=["GET"])
    def autopay_statement_pdf(self, company=None, **asked):
        """Return the statement as a PDF; see ``autopay_statement``."""
        company = self._get_company(company)
        asked = self._read_asked(asked)
        try:
            statement = self._read_statement(company, asked)
            request.env["autopay.statement"]._check_paper(statement)
        except UserError:
            # The page says it, and keeps what was asked for.
            page = f"{STATEMENT}?{self._encode_statement(company, asked)}"
            return self._forbid_keeping(request.redirect(page))
        content = request.env["autopay.statement"]._get_own_paper(statement)
        return self._answer_paper(content, get_file_name(request.env, statement))

    def _read_asked(self, asked):
        """Return the texts that a statement is asked for with, as {name: text}."""
        texts = {name: asked.get(name) or "" for name in ("from", "to", "currency")}
        return {name: str(text)[:MAX_ASKED] for name, text in texts.items()}

    def _read_statement(self, company, asked):
        """Return the ``Statement`` that is asked for.

        :raises UserError: when there is none
        """
        statements = request.env["autopay.statement"]
        period = statements._read_period(company, asked["from"], asked["to"])
        currency = statements._read_currency(
            self._get_payer(), company, asked["currency"]
        )
        return statements._get_own(company, period, currency)

    def _keep_asked(self, asked, statement):
        """Return what the form shows: what was asked for, or the period shown."""
        if not statement:
            return asked
        period = statement.period
        return {**asked, "from": str(period.first), "to": str(period.last)}

    def _get_known_links(self, company, asked):
        """Return the periods asked for most, as [(label, address)]."""
        labels = get_period_labels(request.env)
        known = get_known_periods(company._get_autopay_today())
        links = []
        for code, period in known.items():
            days = {"from": str(period.first), "to": str(period.last)}
            address = (
                f"{STATEMENT}?{self._encode_statement(company, {**asked, **days})}"
            )
            links.append((labels[code], address))
        return links

    def _encode_statement(self, company, asked):
        kept = {name: text for name, text in asked.items() if text}
        return url_encode({"company": company.id, **kept})

    # === PAYMENTS === #

    @route(
        [PAYMENTS, f"{PAYMENTS}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def autopay_payments(self, page=1, company=None, **_others):
        """Show the customer's payments, the latest first, with their receipts."""
        company = self._get_company(company)
        payments = request.env["autopay.payment.list"]
        pages = pager(
            url=PAYMENTS,
            total=payments._count_own(company),
            page=page,
            step=PAYMENTS_PER_PAGE,
            url_args={"company": company.id},
        )
        shown = payments._get_own(
            company, offset=pages["offset"], limit=PAYMENTS_PER_PAGE
        )
        values = {
            "payments": shown,
            "ways": {
                each: get_way_label(request.env, payments._get_way(each))
                for each in shown
            },
            "references": {each: payments._get_reference(each) for each in shown},
            "pager": pages,
        }
        return self._render("autopay.portal_payments", values, company)

    @route(
        f"{PAYMENTS}/<payment>/receipt",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def autopay_payment_receipt(self, payment, **_others):
        """Return the receipt of one of the customer's payments as a PDF."""
        payments = request.env["autopay.payment.list"]
        payment_id = self._read_id(payment)
        found = payments._get_one(self._get_companies(), payment_id)
        if not found:
            self._not_found()
        return self._answer_paper(payments._get_receipt(found), found.name)

    def _answer_paper(self, content, name):
        """Return a PDF to download, which no browser keeps."""
        headers = {
            "Content-Type": "application/pdf",
            "Content-Length": len(content),
            "Content-Disposition": content_disposition(f"{name}.pdf"),
        }
        return self._forbid_keeping(request.make_response(content, headers))
