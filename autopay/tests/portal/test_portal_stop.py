from odoo.tests import HttpCase, tagged

from ..notice.common_before import BeforeCommon


@tagged("post_install", "-at_install")
class TestPortalStop(BeforeCommon, HttpCase):
    """A customer stops charges, or has one wait, from a mail and from the portal."""

    def setUp(self):
        super().setUp()
        self.invoice = self._create_coming(3)
        self._tell()
        self.path = self.env["autopay.stop.link"]._get_path(
            self.customer, self.company, True
        )

    def _press(self, path, act):
        page = self.url_open(path).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        return self.url_open(f"{path}/{act}", data={"csrf_token": token})

    def test_every_mail_to_a_customer_leads_there(self):
        (mail,) = self._get_told()
        self.assertIn("/autopay/stop/", mail["body"])
        self.assertIn("Stop or pause automatic payments", mail["body"])
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("no-store", page.headers["Cache-Control"])
        for words in (self.invoice.name, "Pause This Charge", "Stop Automatic"):
            self.assertIn(words, page.text)
        self.assertFalse(self.invoice.autopay_customer_hold)

    def test_mails_of_a_company_that_is_off_offer_nothing_to_stop(self):
        links = self.env["autopay.stop.link"]
        notice = self.env["autopay.notice"].search([], limit=1)
        self.assertIn("/autopay/stop/", links._get_mail_url(notice))
        self.company.autopay_enabled = False
        self.assertEqual(links._get_mail_url(notice), "")

    def test_one_charge_is_paused_and_taken_up_again(self):
        page = self._press(self.path, f"{self.invoice.id}/skip")
        self.assertIn("Charge It Again", page.text)
        self.env.invalidate_all()
        self.assertTrue(self.invoice.autopay_customer_hold)
        call = self.invoice.activity_ids.filtered("autopay_wait")
        self.assertIn("skipped", call.summary)
        self.assertIn(self.customer.name, call.note)
        page = self._press(self.path, f"{self.invoice.id}/undo")
        self.env.invalidate_all()
        self.assertFalse(self.invoice.autopay_customer_hold)

    def test_all_of_them_are_stopped(self):
        consents = self.env["autopay.authorization"].search(
            [("partner_id", "=", self.customer.id), ("revoked_date", "=", False)]
        )
        self.assertTrue(consents)
        page = self._press(self.path, "leave")
        self.assertIn("There is no agreement in force", page.text)
        self.env.invalidate_all()
        self.assertTrue(all(consents.mapped("revoked_date")))

    def test_strange_and_weak_links_change_nothing(self):
        other = self._create_customer("Brisk Bakery")
        foreign = self.env["autopay.stop.link"]._get_path(other, self.company, True)
        weak = self.env["autopay.stop.link"]._get_path(
            self.customer, self.company, False
        )
        self.assertIn("Log In to Stop", self.url_open(weak).text)
        self.assertNotIn("Pause This Charge", self.url_open(weak).text)
        for path in (foreign, weak, "/autopay/stop/junk", self.path + "x"):
            answer = self._press_with(self.path, f"{path}/{self.invoice.id}/skip")
            self.assertEqual(answer.status_code, 404, path)
        self.assertEqual(self._press_with(self.path, f"{weak}/leave").status_code, 404)
        self.env.invalidate_all()
        self.assertFalse(self.invoice.autopay_customer_hold)

    def _press_with(self, page_path, url):
        """Press with a csrf token that is good, whatever the address."""
        page = self.url_open(page_path).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        return self.url_open(url, data={"csrf_token": token})

    def test_portal_leads_to_the_same_page(self):
        user = self._create_user("payer", "base.group_portal")
        user.partner_id.parent_id = self.customer
        self.authenticate("payer", "payer")
        self.assertIn("Stop or pause", self.url_open("/my/autopay").text)
        page = self.url_open("/my/autopay/stop")
        self.assertIn("Pause This Charge", page.text)
