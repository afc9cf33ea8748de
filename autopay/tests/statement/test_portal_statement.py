import re
from unittest.mock import patch

from odoo.tests import tagged

from ...models.statement import statement
from ..portal.common_pages import PagesCommon
from .common_statement import StatementCommon

PAGES = ("/my/statement", "/my/statement/pdf", "/my/autopay/payments")
CSRF_TOKEN = re.compile(r'csrf_token: "\w+"')
STRANGE = (0, -1, 2**31, 2**70, "x", "١", 1.5, 99999999)


@tagged("post_install", "-at_install")
class TestPortalStatement(PagesCommon, StatementCommon):
    """Customers look at their accounts and payments, each with a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_document(-20, 100.0)
        cls.payment = cls._create_payment(-5, 30.0, memo="Bank transfer")
        cls.foreign = cls._create_payment(-5, 5.0, partner_id=cls.stranger.id)

    def _get_amounts(self, page):
        rows = page.xpath("//div[@name='statement_account']//tbody/tr/td[last()]")
        return ["".join(cell.text_content().split()) for cell in rows]

    # === STATEMENT === #

    def test_customer_reaches_statement_and_payments_from_the_autopay_page(self):
        self._log_in(self.owner_user)
        page = self._open("/my/autopay")
        for path in ("/my/statement", "/my/autopay/payments"):
            (link,) = page.xpath(f"//a[starts-with(@href, '{path}?')]/@href")
            self._open(link)
            self.assertEqual(self.last_answer.headers["Cache-Control"], "no-store")
        orders = page.xpath("//a[@href='/my/orders']")
        self.assertEqual(bool(orders), "sale.order" in self.env)

    def test_statement_leads_from_one_balance_to_the_other(self):
        for user in (self.owner_user, self.colleague_user):
            self._log_in(user)
            page = self._open("/my/statement")
            self.assertEqual(
                self._get_amounts(page), ["$0.00", "$100.00", "$70.00", "$70.00"]
            )
            self.assertTrue(page.xpath(f"//a[@href='/my/invoices/{self.invoice.id}']"))
            receipt = f"/my/autopay/payments/{self.payment.id}/receipt"
            self.assertTrue(page.xpath(f"//a[@href='{receipt}']"))

    def test_period_and_currency_are_chosen(self):
        self._create_document(-3, 9.0, currency_id=self.euro.id)
        self._log_in(self.owner_user)
        day = self._get_day(-10)
        page = self._open(f"/my/statement?from={day}&to={self.today}&currency=USD")
        self.assertEqual(self._get_amounts(page), ["$100.00", "$70.00", "$70.00"])
        self.assertEqual(page.xpath("//input[@name='from']/@value"), [str(day)])
        chosen = page.xpath("//option[@selected]/@value")
        self.assertEqual(chosen, ["USD"])
        page = self._open("/my/statement")
        self.assertEqual(len(page.xpath("//div[@name='statement_account']")), 2)
        for link in page.xpath("//nav[@aria-label='Periods']/a/@href"):
            self.assertFalse(self._text(self._open(link), "statement_error"), link)

    def test_what_cannot_be_shown_is_said_and_kept(self):
        self._log_in(self.owner_user)
        for asked, word in (
            ("from=2026-02-30", "no date"),
            ("from=2026-02-10&to=2026-02-01", "before it begins"),
            ("from=2001-01-01&to=2026-02-01", "5 years"),
            ("from=%3Cscript%3E", "no date"),
            ("currency=XYZ", "XYZ"),
            ("to=0001-01-01&from=9999-12-31", "before it begins"),
            ("from=" + "9" * 3000, "no date"),
            ("from=%00", "no date"),
        ):
            with self.subTest(asked=asked[:40]):
                page = self._open(f"/my/statement?{asked}")
                self.assertIn(word, self._text(page, "statement_error"))
                self.assertNotIn("<script>alert", self.last_answer.text)
                if asked.startswith("from=2"):
                    kept = page.xpath("//input[@name='from']/@value")
                    self.assertEqual(kept, [asked[5:15]])
                # The paper says it on the page.
                page = self._open(f"/my/statement/pdf?{asked}")
                self.assertIn(word, self._text(page, "statement_error"))
                for answer in (self.last_answer, *self.last_answer.history):
                    self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_paper_is_the_customers_own(self):
        self._log_in(self.owner_user)
        self._open("/my/statement/pdf")
        answer = self.last_answer
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn(".pdf", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        # A test gets the page that would be printed.
        self.assertIn(self.invoice.name, answer.text)
        self._log_in(self.stranger_user)
        self._open("/my/statement/pdf")
        self.assertNotIn(self.invoice.name, self.last_answer.text)

    def test_statement_too_long_for_paper_is_shown_and_says_so(self):
        self._log_in(self.owner_user)
        with patch.object(statement, "MAX_PAPER_ROWS", 1):
            for path in PAGES[:2]:
                page = self._open(path)
                self.assertIn("too many", self._text(page, "statement_error"))
                self.assertEqual(len(self._get_amounts(page)), 4)
                self.assertFalse(page.xpath("//a[contains(@href, 'pdf')]"))
        self.assertTrue(self._open(PAGES[0]).xpath("//a[contains(@href, 'pdf')]"))

    # === PAYMENTS === #

    def test_payments_are_listed_with_their_receipts(self):
        self._create_payment(-1, 4.0, payment_type="outbound")
        draft = self._create_payment(-1, 4.0)
        draft.action_draft()
        self._log_in(self.owner_user)
        rows = self._open("/my/autopay/payments").xpath("//tr[@name='payment']")
        texts = [" ".join(row.text_content().split()) for row in rows]
        self.assertEqual(len(texts), 2)
        self.assertIn("Paid back to you", texts[0])
        self.assertIn(self.payment.name, texts[1])
        (link,) = rows[1].xpath(".//a/@href")
        self._open(link)
        answer = self.last_answer
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn(self.payment.name, answer.text)

    def test_payment_that_was_undone_is_not_shown_as_paid(self):
        reverse = [{"date": self.today, "ref": "No cover"}]
        self.payment.move_id._reverse_moves(reverse, cancel=True)
        self._log_in(self.owner_user)
        (row,) = self._open("/my/autopay/payments").xpath("//tr[@name='payment']")
        self.assertIn("Returned", row.text_content())

    def test_many_payments_come_in_pages(self):
        for _number in range(30):
            self._create_payment(-1, 1.0)
        self._log_in(self.owner_user)
        page = self._open("/my/autopay/payments")
        self.assertEqual(len(page.xpath("//tr[@name='payment']")), 30)
        page = self._open(f"/my/autopay/payments/page/2?company={self.company.id}")
        (row,) = page.xpath("//tr[@name='payment']")
        self.assertIn(self.payment.name, row.text_content())
        # Odoo shows the last page to whoever asks for one beyond it.
        self._open("/my/autopay/payments/page/99999999999")

    # === ATTACKS === #

    def test_receipts_of_others_are_as_if_there_were_none(self):
        self._log_in(self.owner_user)
        draft = self._create_payment(-1, 4.0)
        draft.action_draft()
        answers = {}
        for number in (self.foreign.id, draft.id, *STRANGE):
            with self.subTest(number=number):
                self._open(f"/my/autopay/payments/{number}/receipt", status=404)
                # The token of a form has the second in which it was made.
                text = CSRF_TOKEN.sub("", self.last_answer.text)
                answers.setdefault(text, []).append(number)
        self.assertEqual(len(answers), 1, answers.values())

    def test_companies_of_others_are_not_found(self):
        other = self._create_company(name="Elsewhere Ltd")
        other.autopay_enabled = True
        self._log_in(self.owner_user)
        for path in PAGES:
            for number in (other.id, *STRANGE):
                with self.subTest(path=path, number=number):
                    self._open(f"{path}?company={number}", status=404)

    def test_visitors_are_asked_to_log_in(self):
        self._log_in()
        receipt = f"/my/autopay/payments/{self.payment.id}/receipt"
        for path in (*PAGES, receipt):
            self._open(path)
            self.assertIn("/web/login", self.last_answer.url)

    def test_where_autopay_is_off_there_are_no_such_pages(self):
        self.company.autopay_enabled = False
        self._log_in(self.owner_user)
        for path in PAGES:
            self._open(path, status=404)

    def test_pages_take_no_orders(self):
        self._log_in(self.owner_user)
        for path in PAGES:
            self._open("/my/autopay")
            answer = self.url_open(path, data={"a": "b"})
            self.assertIn(answer.status_code, (400, 405), path)
