import logging

from odoo import Command, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...const.notices.outbox import MAILS_AT_ONCE, NAMED_INVOICES, PAPERS_AT_ONCE

_logger = logging.getLogger(__name__)

# By what a company wants attached.
REPORTS = {
    "receipt": "account.action_report_payment_receipt",
    "invoice": "account.account_invoices",
}
# The states of wkhtmltopdf in which it prints.
PRINTING = ("ok", "workers", "upgrade")


class AutopayNoticePaper(models.AbstractModel):
    """Attaches a PDF to receipts, where a company wants that.

    It is printed when the mail is written, long after the charge. A mail whose PDF
    cannot be printed goes without it: its text names all that matters.
    """

    _name = "autopay.notice.paper"
    _description = "PDF of Receipts"

    @api.model
    def _get_batch_size(self):
        """Return how many mails are written together: printing takes a second each."""
        wanted = [("autopay_receipt_paper", "!=", False)]
        companies = self.env["res.company"].sudo()
        is_wanted = companies.search_count(wanted, limit=1)
        return PAPERS_AT_ONCE if is_wanted else MAILS_AT_ONCE

    def _attach_papers(self, mails):
        """Attach the PDFs to the mails of these notices, as far as they can be had."""
        kind = self.company_id.sudo().autopay_receipt_paper
        if self[:1].kind != "receipt" or not kind or not self._is_printing():
            return
        for notice, mail in zip(self, mails, strict=True):
            papers = notice._print_safely(kind)
            mail.attachment_ids = [
                Command.create({**paper, "res_model": mail._name, "res_id": mail.id})
                for paper in papers
            ]

    def _is_printing(self):
        """Return whether PDFs can be printed here at all."""
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        if state not in PRINTING:
            _logger.info(
                "Receipts go without a PDF: wkhtmltopdf is missing (%s).", state
            )
        return state in PRINTING

    def _print_safely(self, kind):
        """Return the PDFs of a receipt; none when something is wrong with them."""
        try:
            with self.env.cr.savepoint():
                return self._print(kind)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.warning("The PDF of %s was not printed.", self, exc_info=True)
            return []

    def _print(self, kind):
        """Return the PDFs of a receipt, as values of attachments."""
        attempt = self._get_subject()
        if kind == "invoice":
            records = self._get_moves(attempt)[:NAMED_INVOICES]
        else:
            # Payments and invoices can go to another customer later on.
            payer = self.partner_id.commercial_partner_id
            whole = attempt.move_ids.commercial_partner_id == payer
            records = attempt.payment_id.filtered(
                lambda payment: (
                    whole and payment.partner_id.commercial_partner_id == payer
                )
            )
        found = [self._print_one(REPORTS[kind], record) for record in records]
        return list(filter(None, found))

    def _print_one(self, report, record):
        """Return the PDF of a record; an invoice that was sent has its own."""
        kept = record._name == "account.move" and record.invoice_pdf_report_id
        if kept:
            return {"name": kept.name, "raw": kept.raw}
        reports = self.env["ir.actions.report"].sudo().with_company(self.company_id)
        reports = reports.with_context(report_pdf_no_attachment=True)
        content, kind = reports._render_qweb_pdf(report, record.ids)
        name = (record.name or record.display_name).replace("/", "_")
        return {"name": f"{name}.pdf", "raw": content} if kind == "pdf" else None
