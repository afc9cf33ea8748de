from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayProviderArchive(AutopayCommon):
    """A provider that is disabled and enabled again costs nobody the method."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.others = [
            self._create_customer(name) for name in ("Red Barn", "Blue Silo")
        ]
        for each in self.others:
            self._enrol(customer=each)

    def _get_calls(self):
        wait = f"provider_archive:{self.provider.id}"
        calls = self.env["mail.activity"].sudo().with_context(active_test=False)
        return calls.search([("autopay_wait", "=", wait)])

    def _create_rule(self, customer):
        """Create a payment rule by which the customer's method pays."""
        return self.env["autopay.configuration"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "token_id": customer.with_company(self.company).autopay_token_id.id,
                "condition_ids": [(0, 0, {"number": 1.0})],
            }
        )

    def test_one_person_is_told_how_many_customers_are_concerned(self):
        self.provider.state = "disabled"
        call = self._get_calls()
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.company._get_autopay_called())
        self.assertIn("one of them: 3.", call.note)
        self.assertIn("Blue Silo", call.note)

    def test_methods_come_back_with_the_provider_and_pay(self):
        invoice = self._create_due_invoice()
        self.provider.state = "disabled"
        self._run_autopay()
        self.assertFalse(self.token.active or invoice.autopay_attempt_ids)
        self.provider.state = "test"
        self.assertTrue(self.token.active)
        self.assertFalse(self.token.autopay_archived_mode)
        self.assertFalse(self._get_calls().filtered("active"))
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_what_was_archived_before_or_is_not_agreed_to_stays_archived(self):
        removed, left, foreign = (
            self.token,
            self.others[0].with_company(self.company).autopay_token_id,
            self._create_token(customer=self.others[1]),
        )
        removed.active = False
        self.provider.state = "disabled"
        left.autopay_authorization_ids.sudo()._revoke("The customer has left.")
        self.provider.state = "test"
        self.assertFalse(removed.active or left.active or foreign.active)
        self.assertTrue(
            self.others[1].with_company(self.company).autopay_token_id.active
        )

    def test_method_of_another_mode_stays_archived(self):
        self.provider.state = "disabled"
        self.provider.state = "enabled"
        self.assertFalse(self.token.active)
        self.provider.state = "test"
        self.assertTrue(self.token.active)

    def test_kind_that_is_switched_off_is_told_and_brought_back_by_a_button(self):
        self.provider.state = "disabled"
        kind = self.token.payment_method_id
        self.provider.state = "test"
        self.token.active = False
        # As it is left where the kind of method did not come back with the provider.
        self.token.sudo().autopay_archived_mode = "test"
        kind.active = False
        self.assertEqual(self.provider.autopay_archived_count, 1)
        told = self.provider.action_autopay_bring_back()
        self.assertIn("switched off", told["params"]["message"])
        self.assertFalse(self.token.active)
        self.assertTrue(self._get_calls().filtered("active"))
        kind.active = True
        self.provider.action_autopay_bring_back()
        self.assertTrue(self.token.active)
        self.assertFalse(self._get_calls().filtered("active"))
        biller = self._create_user("archive_biller", "account.group_account_manager")
        with self.assertRaises(AccessError):
            self.provider.with_user(biller).sudo(False).action_autopay_bring_back()

    def test_invoice_and_rule_say_that_the_method_comes_back(self):
        rule = self._create_rule(self.customer)
        invoice = self._create_due_invoice()
        self.provider.state = "disabled"
        self.assertEqual(rule.issue_code, "method_archived")
        self.assertIn("cannot be charged for now", rule.issue)
        self.assertNotIn("removed", rule.issue)
        rule.enabled = False
        self.assertEqual(invoice.autopay_blocker, "method_archived")
        self.assertIn("comes back by itself", invoice.autopay_explanation)
        self.assertIn(self.provider.name, invoice.autopay_explanation)
        words = self.customer.with_company(self.company).autopay_readiness_text
        self.assertIn("comes back by itself", words)

    def test_invoice_says_how_a_method_is_brought_back_whose_kind_is_off(self):
        invoice = self._create_due_invoice()
        self.provider.state = "disabled"
        self._force(self.provider, state="test")
        self.assertIn("Bring Back Payment Methods", invoice.autopay_explanation)

    def test_method_that_does_not_come_back_is_not_said_to(self):
        invoice = self._create_due_invoice()
        self.provider.state = "disabled"
        self.token.autopay_authorization_ids.sudo()._revoke("The customer has left.")
        self.assertEqual(invoice.autopay_blocker, "method_archived")
        self.assertNotIn("comes back", invoice.autopay_explanation)
        self.assertIn("Choose another one", invoice.autopay_explanation)

    def test_form_says_what_disabling_does_before_it_is_saved(self):
        form = self.provider.new(origin=self.provider)
        form.state = "disabled"
        warning = form._onchange_state_warn_open_attempts()["warning"]["message"]
        self.assertIn("not charged any more: 3.", warning)

    def test_odoo_does_as_always_where_autopay_is_off(self):
        self.company.autopay_enabled = False
        self.provider.state = "disabled"
        self.assertFalse(self.token.autopay_archived_mode or self._get_calls())
        self.provider.state = "test"
        self.assertFalse(self.token.active)

    def test_customers_are_called_about_one_by_one_only_when_that_call_is_closed(self):
        invoice = self._create_due_invoice()
        invoice.autopay_date = self.today - timedelta(days=5)
        self.provider.state = "disabled"
        calls = self.env["autopay.deadline"].sudo()
        self.assertFalse(calls._find_blocked())
        self._get_calls().action_feedback("They were asked.")
        [call] = calls._find_blocked()
        self.assertEqual(call.record, self.customer)

    def test_rules_of_many_customers_make_one_call(self):
        for each in self.others:
            self._create_rule(each)
        self.provider.state = "disabled"
        self.assertEqual(len(self._get_calls()), 1)
        self.assertFalse(self.others[0].activity_ids | self.others[1].activity_ids)
