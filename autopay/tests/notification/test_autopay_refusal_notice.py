from odoo.tests import tagged

from ..common import AutopayCommon

SUMMARY = "Look into the refusal"


@tagged("post_install", "-at_install")
class TestAutopayRefusalNotice(AutopayCommon):
    """Refusals whose cause is ours, or that nobody knows, call a person once."""

    def _get_calls(self):
        found = self.customer.activity_ids
        return found.filtered(lambda call: call.summary.startswith(SUMMARY))

    def _refuse(self, code):
        self._enrol({"kind": "decline", "decline_code": code})
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_attempt_ids.state, "declined")
        return invoice

    def test_our_own_block_list_calls_the_person_in_charge(self):
        invoice = self._refuse("merchant_blacklist")
        call = self._get_calls()
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.company._get_autopay_responsible())
        self.assertIn("merchant_blacklist", call.summary)
        self.assertIn(invoice.name, call.note)
        self.assertIn("block list", call.note)
        self.assertIn("block list", invoice.autopay_explanation)

    def test_code_that_nobody_knows_calls_the_person_in_charge(self):
        self._refuse("never_heard_of")
        self.assertEqual(len(self._get_calls()), 1)

    def test_second_refusal_of_the_same_kind_calls_nobody(self):
        self._refuse("testmode_decline")
        self.assertEqual(len(self._get_calls()), 1)
        self._get_calls().action_feedback()
        token = self.customer.with_company(self.company).autopay_token_id
        second = self._create_due_invoice(77.0)
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(second.autopay_attempt_ids.token_id, token)
        self.assertEqual(second.autopay_attempt_ids.state, "declined")
        self.assertFalse(self._get_calls())

    def test_refusal_that_is_the_customers_calls_nobody(self):
        self._refuse("insufficient_funds")
        self.assertFalse(self._get_calls())
