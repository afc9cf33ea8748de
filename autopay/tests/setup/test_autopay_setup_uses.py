from odoo import Command
from odoo.tests import tagged

from ..fault import fault
from .common_setup import SetupCommon


@tagged("post_install", "-at_install")
class TestAutopaySetupUses(SetupCommon):
    """A method saved anew takes the place of the one before."""

    def setUp(self):
        super().setUp()
        self.admin.reset()

    def _save_done(self, *deeds, **values):
        setup = self._save(*deeds, **values)
        self._check(setup)
        self.assertEqual(setup.state, "done")
        return setup

    def _create_configuration(self, token, **values):
        return self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "token_id": token.id,
                "condition_ids": [Command.create({"number": 1.0})],
                **values,
            }
        )

    # === THE SAME CARD === #

    @fault(112)
    def test_same_card_saved_twice_is_one_method(self):
        first = self._save_done("card").token_id
        configuration = self._create_configuration(first)
        invoice = self._create_due_invoice(autopay_token_id=first.id)
        second = self._save_done("card").token_id
        self.assertNotEqual(first, second)
        self.assertEqual(self._get_default(), second)
        self.assertEqual(configuration.token_id, second)
        self.assertEqual(invoice.autopay_token_id, second)
        self.assertFalse(first.active)
        self.assertEqual(first.autopay_fingerprint, second.autopay_fingerprint)

    def test_other_card_leaves_the_first_one_alone(self):
        first = self._save_done("card").token_id
        second = self._save_done("mastercard").token_id
        self.assertTrue(first.active)
        self.assertEqual(self._get_default(), second)

    @fault(112)
    def test_same_card_that_is_only_kept_goes_on_to_pay(self):
        first = self._save_done("card").token_id
        self._get_consents().token_id.ensure_one()
        second = self._save_done("card", purpose="store").token_id
        self.assertEqual(self._get_default(), second)
        self.assertFalse(first.active)
        consents = self._get_consents()
        self.assertEqual(consents[0].token_id, second)
        self.assertEqual(consents[0].text, consents[1].text)

    def test_locked_configuration_keeps_its_method(self):
        first = self._save_done("card").token_id
        configuration = self._create_configuration(first)
        configuration.write({"locked": True, "lock_reason": "Agreed."})
        second = self._save_done("card").token_id
        self.assertEqual(self._get_default(), second)
        self.assertEqual(configuration.token_id, first)
        self.assertTrue(first.active)

    # === PURPOSES === #

    def test_kept_method_pays_nothing(self):
        setup = self._save_done("card", purpose="store")
        self.assertTrue(setup.token_id)
        self.assertFalse(self._get_default() | self._get_consents().token_id)
        self.assertFalse(setup.next_check_date)

    def test_replacement_pays_what_the_old_one_paid(self):
        old = self._enrol("pm_card_mastercard")
        configuration = self._create_configuration(old)
        setup = self._save_done("card", purpose="replace", old_token=old)
        self.assertEqual(setup.old_token_id, old)
        self.assertIn("takes the place of", setup.text)
        self.assertEqual(self._get_default(), setup.token_id)
        self.assertEqual(configuration.token_id, setup.token_id)
        self.assertFalse(old.active)

    def test_limits_of_the_replaced_method_hold_on_and_are_told(self):
        old = self._create_token("pm_card_mastercard")
        self.env["autopay.authorization"]._record(
            self.customer, self.company, old, "paper", max_amount=150.0
        )
        self.customer.with_company(self.company).with_context(
            autopay_recorded=self._get_consents()[:1].id
        ).autopay_token_id = old
        setup = self._save_done("card", purpose="replace", old_token=old)
        self.assertIn("At most $", setup.text)
        self.assertEqual(setup.authorization_id.max_amount, 150.0)

    @fault(120)
    def test_invoice_that_is_being_collected_keeps_its_method(self):
        first = self._save_done("us_bank_account").token_id
        invoice = self._create_due_invoice(autopay_token_id=first.id)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "in_progress")
        second = self._save_done("us_bank_account").token_id
        self.assertEqual(invoice.autopay_token_id, first)
        self.assertEqual(self._get_default(), second)

    def test_odoos_own_page_keeps_mandate_and_expiry_as_well(self):
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.card_method.id,
                    "amount": 0.0,
                    "currency_id": self.company.currency_id.id,
                    "partner_id": self.customer.id,
                    "operation": "validation",
                    "tokenize": True,
                }
            )
        )
        method = {
            "id": "pm_1",
            "type": "card",
            "card": {
                "last4": "4242",
                "brand": "visa",
                "exp_month": 2,
                "exp_year": 2031,
                "fingerprint": "FP1",
            },
        }
        intent = {"id": "seti_1", "status": "succeeded", "customer": "cus_1"}
        transaction._process(
            "stripe",
            {
                "reference": transaction.reference,
                "setup_intent": {**intent, "mandate": "mandate_1"},
                "payment_method": method,
            },
        )
        token = transaction.token_id
        self.assertEqual(str(token.autopay_expiry_date), "2031-02-28")
        self.assertEqual(token.autopay_fingerprint, "FP1")
        self.assertEqual(token.stripe_mandate, "mandate_1")
