from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_configuration import ConfigurationCommon


@tagged("post_install", "-at_install")
class TestAutopayAllowedKinds(ConfigurationCommon):
    """An invoice can say that cards, or bank debits, may not pay it."""

    def _create(self, kind, **values):
        return self._create_due_invoice(autopay_allowed_kinds=kind, **values)

    def _assert_refused(self, invoice, *texts):
        self.assertEqual(invoice.autopay_blocker, "kind_not_allowed")
        for text in texts:
            self.assertIn(text, invoice.autopay_explanation)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)

    # === CONFIGURATIONS === #

    def test_configuration_of_another_kind_is_passed_over(self):
        card, bank = self._configure(self.visa), self._configure(self.bank)
        for kind, configuration in ((False, card), ("card", card), ("debit", bank)):
            decision = self._decide(self._create(kind))
            self.assertEqual(decision.configuration, configuration)
            self.assertFalse(decision.blocker)

    def test_where_none_is_left_the_first_is_named(self):
        self._configure(self.visa)
        invoice = self._create("debit")
        self._assert_refused(invoice, "4242", "Bank debits only")

    def test_locked_configuration_is_not_passed_over(self):
        self._configure(self.visa, locked=True, lock_reason="Agreed")
        self._configure(self.bank)
        self._assert_refused(self._create("debit"), "4242")

    def test_one_that_does_not_match_is_no_question_of_kind(self):
        self._configure(self.visa, [{"number": 500.0}])
        self.assertEqual(
            self._decide(self._create("debit")).blocker, "no_configuration"
        )

    def test_many_are_charged_each_with_its_kind(self):
        self._configure(self.visa)
        self._configure(self.bank)
        card, bank = self._create("card"), self._create("debit")
        self._run_autopay()
        self.assertEqual(card.autopay_attempt_ids.token_id, self.visa)
        self.assertEqual(bank.autopay_attempt_ids.token_id, self.bank)

    # === OTHER METHODS === #

    def test_token_of_the_customer_is_refused_in_words(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        invoice = self._create("debit")
        self._assert_refused(invoice, "4242", "Bank debits only")
        invoice.autopay_allowed_kinds = "card"
        self.assertFalse(invoice.autopay_blocker)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_method_of_the_invoice_itself_is_refused_in_words(self):
        invoice = self._create("card", autopay_token_id=self.bank.id)
        self._assert_refused(invoice, "6789", "Cards only")

    def test_person_cannot_charge_it_with_another_kind_either(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        invoice = self._create("debit")
        wizard = self.env["autopay.charge.now"].create({"move_ids": invoice.ids})
        self.assertEqual(wizard.skipped_ids.blocker, "kind_not_allowed")
        self._charge_now(invoice, {invoice.id: self.visa})
        self.assertFalse(invoice.autopay_attempt_ids)

    # === THE FIELD === #

    def test_explanation_for_other_programs_says_it(self):
        self._configure(self.visa)
        trace = self._create("debit").get_autopay_trace()
        self.assertEqual(trace["kinds"], "Bank debits only")
        self.assertIn("Bank debits only", trace["configurations"][0]["issue"])
        self.assertEqual(trace["configurations"][0]["result"], "ignored")
        self.assertEqual(self._create(False).get_autopay_trace()["kinds"], "")

    def test_copy_keeps_it(self):
        self.assertEqual(self._create("debit").copy().autopay_allowed_kinds, "debit")

    def test_strangers_cannot_read_or_write_it(self):
        invoice = self._create("debit")
        clerk = self._create_user("clerk", "base.group_user")
        with self.assertRaises(AccessError):
            invoice.with_user(clerk).autopay_allowed_kinds = "card"
        reader = self._create_user("reader", "account.group_account_readonly")
        self.assertEqual(invoice.with_user(reader).autopay_allowed_kinds, "debit")
        with self.assertRaises(AccessError):
            invoice.with_user(reader).autopay_allowed_kinds = "card"
        with self.assertRaises(ValueError):
            invoice.autopay_allowed_kinds = "cheque"
