from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ...schedules.retries import format_days, parse_days
from ..common import AutopayCommon

REFUSED = (
    "3,x",
    "3;4",
    "0",
    "-1",
    "1.5",
    "3,,4",
    "3,",
    "31",
    "10, 10, 11",
    "1,1,1,1,1,1",
    "²",
    "1e1",
    "9" * 400,
)


@tagged("post_install", "-at_install")
class TestAutopayCompanyRetry(AutopayCommon):
    """Each company says when declined charges are tried again, within the rules."""

    def _decline(self, method="pm_card_visa_chargeDeclinedInsufficientFunds", tries=1):
        """Have an invoice declined so often; return it."""
        self._enrol(method)
        invoice = self._create_due_invoice()
        for _try in range(tries):
            invoice.sudo().autopay_retry_date = self.today
            self._run_autopay()
        return invoice

    def _get_wait(self, invoice):
        return invoice.autopay_retry_date and invoice.autopay_retry_date - self.today

    def test_days_are_read_as_people_type_them(self):
        self.assertEqual(parse_days(" 3,4 , 7 "), (3, 4, 7))
        self.assertEqual(parse_days(False), ())
        self.assertEqual(parse_days("  "), ())
        self.assertEqual(parse_days(format_days((1, 29))), (1, 29))

    def test_what_is_no_schedule_is_refused_and_nothing_changes(self):
        for text in REFUSED:
            with self.subTest(text=text), self.assertRaises(ValidationError) as caught:
                self.company.autopay_retry_card = text
            self.assertIn("3, 4, 7", str(caught.exception))
            self.company.invalidate_recordset()
            self.assertEqual(self.company.autopay_retry_card, "3, 4, 7")

    def test_no_third_debit_and_no_sixth_retry_can_be_asked_for(self):
        self.company.autopay_retry_card = "1, 1, 1, 1, 1"
        for name, text in (
            ("autopay_retry_debit", "1, 1, 1"),
            ("autopay_retry_technical", "1, 1, 1, 1"),
        ):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.company[name] = text

    def test_declined_card_is_tried_again_when_its_company_says(self):
        self.company.autopay_retry_card = "2, 9"
        invoice = self._decline()
        self.assertEqual(self._get_wait(invoice), timedelta(days=2))
        invoice.sudo().autopay_retry_date = self.today
        self._run_autopay()
        self.assertEqual(self._get_wait(invoice), timedelta(days=9))
        invoice.sudo().autopay_retry_date = self.today
        self._run_autopay()
        self.assertFalse(invoice.autopay_retry_date)
        self.assertEqual(len(invoice.autopay_attempt_ids), 3)

    def test_company_that_tries_nothing_again_hears_of_it_at_once(self):
        self.company.autopay_retry_card = False
        invoice = self._decline()
        self.assertFalse(invoice.autopay_retry_date)
        self.assertEqual(invoice.autopay_blocker, "failed")

    def test_shorter_schedule_ends_the_tries_that_it_does_not_have(self):
        invoice = self._decline(tries=2)
        self.assertTrue(invoice.autopay_retry_date)
        self.company.autopay_retry_card = "3"
        invoice.sudo().autopay_retry_date = self.today
        self._run_autopay()
        self.assertFalse(invoice.autopay_retry_date)

    def test_longer_schedule_lifts_no_limit_of_the_bank(self):
        self.company.autopay_retry_card = "1, 1, 1, 1, 1"
        invoice = self._decline("pm_card_visa_chargeDeclinedLostCard")
        self.assertFalse(invoice.autopay_retry_date)

    def test_each_company_has_its_own_days(self):
        other = self._create_company(name="Other Retries")
        other.autopay_retry_card = "1"
        self.assertEqual(self._get_wait(self._decline()), timedelta(days=3))
        self.assertEqual(other._get_autopay_retry_days("card", "later"), (1,))
        self.assertEqual(other._get_autopay_retry_days("debit", "technical"), ())

    def test_manager_changes_them_in_the_settings(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.autopay_enabled = True
            settings.autopay_retry_debit = "5"
        settings.save().execute()
        self.assertEqual(self.company.autopay_retry_debit, "5")

    # === THE SAME CARD, SAVED TWICE === #

    def _save_copy(self, token, customer):
        """Return the same card, as somebody has saved it once more."""
        copy = self._create_token(customer=customer)
        (token | copy).sudo().autopay_fingerprint = "same-card"
        return copy

    def test_declines_of_a_card_count_for_every_copy_of_it(self):
        invoice = self._decline("pm_card_visa_chargeDeclinedLostCard")
        token = invoice.autopay_attempt_ids.token_id
        stranger = self._create_customer("Second Holder")
        copy = self._save_copy(token, stranger)
        refused, exhausted = copy._get_autopay_declines()
        self.assertEqual(list(refused), copy.ids)
        self.assertFalse(exhausted)
        copy.sudo().autopay_fingerprint = False
        self.assertEqual(copy._get_autopay_declines(), ({}, set()))

    def test_card_that_was_lost_is_not_charged_for_its_second_holder(self):
        stranger = self._create_customer("Second Holder")
        copy = self._enrol(customer=stranger)
        invoice = self._decline("pm_card_visa_chargeDeclinedLostCard")
        theirs = self._create_due_invoice(customer=stranger)
        # Both have saved the same card.
        tokens = invoice.autopay_attempt_ids.token_id | copy
        tokens.sudo().autopay_fingerprint = "same-card"
        self.assertEqual(theirs.autopay_blocker, "method_refused")
        copy.sudo().autopay_fingerprint = "another-card"
        theirs.invalidate_recordset()
        self.assertFalse(theirs.autopay_blocker)
