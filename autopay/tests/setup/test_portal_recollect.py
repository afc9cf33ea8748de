from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..portal.common_pages import PagesCommon

PATH = "/my/autopay/method/new"


@tagged("post_install", "-at_install")
class TestPortalRecollect(PagesCommon):
    """A new method collects what failed: what the customer has seen and ticked."""

    def setUp(self):
        super().setUp()
        self._enrol({"kind": "decline", "decline_code": "expired_card"})
        self.first = self._create_due_invoice(100.0)
        self.second = self._create_due_invoice(50.0)
        self._run_autopay()
        self.failed = self.first | self.second
        self.assertEqual(set(self.failed.mapped("autopay_status")), {"error"})
        self._log_in(self.owner_user)

    def _get_ticks(self, page):
        values = page.xpath("//input[@name='recollect'][@checked]/@value")
        return {int(value) for value in values}

    def _press(self, path, moves, **values):
        """Press the button of a page with these invoices ticked."""
        page = self._open(path)
        [form] = page.xpath("//form[.//input[@name='text_hash']]")
        sent = {**dict(form.form_values()), "recollect": moves.ids, **values}
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.url_open(form.get("action"), sent, allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def _save(self, answer):
        """Save a card on the provider's page and come back."""
        self.admin.visit(answer.headers["Location"], "card")
        setups = self.env["autopay.method.setup"].sudo()
        setup = setups.search([("partner_id", "=", self.customer.id)], limit=1)
        self._open(setup._get_return_path())
        return setup

    def test_due_invoices_that_wait_for_a_method_are_shown_before_it_is_saved(self):
        page = self._open(PATH)
        self.assertFalse(page.xpath("//*[@name='autopay_due']"))
        token = self.customer.with_company(self.company).autopay_token_id
        token.sudo().active = False
        due = self._create_due_invoice(70.0)
        later = self._create_due_invoice(30.0)
        later.autopay_date = fields.Date.add(self.today, days=9)
        for path in (PATH, f"{PATH}?purpose=store"):
            page = self._open(path)
            shown = bool(page.xpath("//*[@name='autopay_due']"))
            self.assertEqual(shown, path == PATH)
        words = self._text(self._open(PATH), "autopay_due")
        self.assertIn(due.name, words)
        self.assertIn("70.00", words)
        self.assertNotIn(later.name, words)
        self._save(self._press(PATH, self.env["account.move"]))
        self._run_autopay()
        self.assertEqual((due | later).mapped("payment_state"), ["paid", "not_paid"])

    def test_failed_invoices_are_shown_ticked_and_charged_by_the_next_run(self):
        page = self._open(PATH)
        self.assertEqual(self._get_ticks(page), set(self.failed.ids))
        self.assertIn(self.first.name, self._text(page, "autopay_recollect"))
        taken = self._count_taken()
        setup = self._save(self._press(PATH, self.first))
        self.assertEqual(setup.state, "done")
        self.assertEqual(self.first.autopay_retry_date, self.today)
        self.assertFalse(self.second.autopay_retry_date)
        self.assertEqual(self._count_taken(), taken)
        self._run_autopay()
        self.assertEqual(self.first.payment_state, "paid")
        self.assertEqual(self.second.payment_state, "not_paid")
        [charge] = self._get_charges(self.first)
        self.assertEqual(charge["amount"], 10000)

    def test_foreign_and_settled_invoices_are_not_charged(self):
        foreign = self._create_due_invoice(70.0, self.stranger)
        self._enrol({"kind": "decline", "decline_code": "expired_card"}, self.stranger)
        self._run_autopay()
        self.assertEqual(foreign.autopay_status, "error")
        answer = self._press(PATH, self.failed | foreign)
        self.second.button_draft()
        self.second.button_cancel()
        self._save(answer)
        self.assertEqual(self.first.autopay_retry_date, self.today)
        self.assertFalse((foreign | self.second).mapped("autopay_retry_date")[0])
        self._run_autopay()
        self.assertEqual(foreign.payment_state, "not_paid")

    def test_without_a_tick_nothing_is_charged_again(self):
        self._save(self._press(PATH, self.first.browse()))
        self._run_autopay()
        self.assertEqual(set(self.failed.mapped("payment_state")), {"not_paid"})

    def test_saved_method_collects_what_is_ticked_too(self):
        card = self._create_token("pm_card_mastercard", payment_details="4444")
        path = "/my/autopay/default"
        self.assertEqual(self._get_ticks(self._open(path)), set(self.failed.ids))
        self._press(path, self.second, token=card.id, agree="1")
        self._run_autopay()
        self.assertEqual(self.second.payment_state, "paid")
        self.assertEqual(self.first.payment_state, "not_paid")

    def test_method_that_is_only_kept_offers_nothing(self):
        page = self._open(f"{PATH}?purpose=store")
        self.assertFalse(page.xpath("//input[@name='recollect']"))

    def test_odd_ids_get_no_page(self):
        page = self._open(PATH)
        [form] = page.xpath("//form[.//input[@name='text_hash']]")
        sent = dict(form.form_values())
        for value in ("x", "-1", str(2**31)):
            with mute_logger("odoo.http", "werkzeug"):
                answer = self.url_open(PATH, {**sent, "recollect": value})
            self.assertEqual(answer.status_code, 404)
        self.assertFalse(html.fromstring(answer.text).xpath("//form[@method='post']"))
