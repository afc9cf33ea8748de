from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_pages import PagesCommon


class TourCommon(PagesCommon):
    """A customer does all of it in a real browser."""

    def _walk(self):
        self.env.flush_all()
        self.start_tour("/my", "autopay_portal_tour", login="owner_user", timeout=120)
        self.env.invalidate_all()

    def _prepare(self):
        self.company.autopay_move_days = 5
        self._enrol()
        bank = self._create_token("pm_usBankAccount_success")
        day = self.today + timedelta(days=10)
        invoice = self._create_posted_invoice(
            invoice_date_due=fields.Date.to_string(day)
        )
        invoice.write({"autopay_status": "eligible", "autopay_date": day})
        return invoice, bank

    def _assert_done(self, invoice, bank):
        attempt = invoice.autopay_attempt_ids
        self.assertEqual((attempt.state, attempt.token_id), ("pending", bank))
        consents = bank.autopay_authorization_ids
        self.assertEqual(consents.channel, "portal")
        self.assertTrue(consents.revoked_date)
        self.assertEqual(self._count_taken(), 1)


@tagged("post_install", "-at_install")
class TestPortalTour(TourCommon):
    def test_desktop(self):
        invoice, bank = self._prepare()
        self._walk()
        self._assert_done(invoice, bank)


@tagged("post_install", "-at_install")
class TestPortalTourOnPhone(TourCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        invoice, bank = self._prepare()
        self._walk()
        self._assert_done(invoice, bank)
