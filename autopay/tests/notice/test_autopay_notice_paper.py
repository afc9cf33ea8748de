from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from .common_notice import NoticeCommon

PAPER_LOG = "odoo.addons.autopay.models.notice.autopay_notice_paper"


@tagged("post_install", "-at_install")
class TestAutopayNoticePaper(NoticeCommon):
    """Receipts have a PDF where the company wants one, and never wait for it."""

    def setUp(self):
        super().setUp()
        render = IrActionsReport._render_qweb_pdf
        reports = self.env["ir.actions.report"]

        def print_really(model, *args, **kwargs):
            model = model.with_context(force_report_rendering=True)
            return render(model, *args, **kwargs)

        # Odoo prints nothing in tests otherwise.
        self.patch(type(reports), "_render_qweb_pdf", print_really)

    def _get_papers(self):
        (mail,) = self._get_told()
        return [
            (name, content[:4], kind) for name, content, kind in mail["attachments"]
        ]

    def _tell(self, paper):
        self.company.autopay_receipt_paper = paper
        self._collect()
        self._send_mails()
        notice = self._get_notices()[-1:]
        self.assertEqual((notice.state, notice.failure), ("sent", False))
        return notice.res_id and notice._get_subject()

    def test_payment_receipt_is_attached_where_the_company_wants_it(self):
        attempt = self._tell("receipt")
        name = attempt.payment_id.name.replace("/", "_")
        self.assertEqual(
            self._get_papers(), [(f"{name}.pdf", b"%PDF", "application/pdf")]
        )
        own = [("res_model", "=", "account.payment"), ("name", "=like", "%.pdf")]
        self.assertFalse(self.env["ir.attachment"].search(own), "nothing is kept")

    def test_invoice_is_attached_as_it_is(self):
        invoice = self._tell("invoice").move_ids
        name = invoice.name.replace("/", "_")
        self.assertEqual(
            self._get_papers(), [(f"{name}.pdf", b"%PDF", "application/pdf")]
        )
        self.assertFalse(invoice.invoice_pdf_report_id)

    def test_invoice_that_was_sent_before_is_attached_as_it_was(self):
        self.company.autopay_receipt_paper = "invoice"
        self._collect()
        invoice = self._get_notices()[-1:]._get_subject().move_ids
        self.env["ir.attachment"].create(
            {
                "name": "as_it_was.pdf",
                "raw": b"%PDF as it was sent",
                "mimetype": "application/pdf",
                "res_model": invoice._name,
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.env.invalidate_all()
        self._send_mails()
        (mail,) = self._get_told()
        [(name, content, _kind)] = mail["attachments"]
        self.assertEqual((name, content), ("as_it_was.pdf", b"%PDF as it was sent"))

    def test_mail_goes_without_what_cannot_be_printed(self):
        reports = type(self.env["ir.actions.report"])
        missing = patch.object(
            reports, "get_wkhtmltopdf_state", lambda _self: "install"
        )
        with missing, mute_logger(PAPER_LOG):
            self._tell("receipt")
        self.assertEqual(self._get_papers(), [])

        def fail(*_args, **_kwargs):
            raise ValueError("a report that somebody has changed")

        ok = patch.object(reports, "get_wkhtmltopdf_state", lambda _self: "ok")
        with (
            ok,
            patch.object(reports, "_render_qweb_pdf", fail),
            mute_logger(PAPER_LOG),
        ):
            self._tell("invoice")
        self.assertEqual(self._get_papers(), [])
        self.assertFalse(self._get_calls("notice_"), "nobody is called for that")

    def test_nothing_is_printed_where_nobody_wants_it(self):
        def fail(*_args, **_kwargs):
            raise AssertionError("it is printed")

        reports = type(self.env["ir.actions.report"])
        with patch.object(reports, "get_wkhtmltopdf_state", fail):
            self._tell(False)
        self.assertEqual(self._get_papers(), [])
