from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayRun(AutopayCommon):
    """A run says what it came to, opens what it counts, and is kept when it did."""

    def _get_runs(self):
        return self.env["autopay.run"].search([("company_id", "=", self.company.id)])

    def _run(self):
        self._run_autopay()
        self.env.invalidate_all()
        return self._get_last_run()

    def test_amounts_and_lists_behind_the_numbers(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._enrol()
        self._create_due_invoice(30)
        self._create_due_invoice(12, currency_id=euro.id)
        poor = self._create_customer("Poor Pear")
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds", customer=poor)
        failed = self._create_due_invoice(7, customer=poor)
        disputed = self._create_due_invoice(autopay_in_dispute=True)
        run = self._run()
        self.assertEqual((run.charged_count, run.failed_count), (2, 1))
        words = set(run.collected_words.replace("\xa0", " ").split(" + "))
        self.assertEqual(words, {"$ 30.00", "12.00 €"})
        self.assertEqual(run.failed_words, "$\xa07.00")
        self.assertEqual(run.failed_ids, failed.autopay_attempt_ids)
        self.assertEqual(len(run.charged_ids), 2)
        biller = self._create_user("biller", "account.group_account_invoice")
        shown = run.with_user(biller)
        for group, count in (("collected", 2), ("failed", 1), (None, 3)):
            action = shown.with_context(autopay_group=group).action_view_charges()
            found = self.env[action["res_model"]].search_count(action["domain"])
            self.assertEqual(found, count, group)
        [reason] = shown.reason_ids
        self.assertEqual((reason.label, reason.invoice_count), ("In dispute", 1))
        for action in (reason.action_view_moves(), shown.action_view_skipped()):
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found, disputed)
        employee = self._create_user("employee", "base.group_user")
        with self.assertRaises(AccessError):
            run.with_user(employee).action_view_skipped()

    def test_runs_of_older_versions_say_that_their_invoices_were_not_kept(self):
        self._create_due_invoice()
        run = self._run()
        self._force(run.reason_ids, move_ids=None)
        with self.assertRaisesRegex(UserError, "only kept how many"):
            run.action_view_skipped()

    def test_runs_that_find_the_same_are_one(self):
        self._create_due_invoice()
        first = self._run()
        self.assertEqual(first.skipped, {"no_method": 1})
        second = self._run()
        self.assertGreater(second.id, first.id, "the last one shows when it was")
        self.assertEqual(self._get_runs(), second)
        self._create_due_invoice()
        third = self._run()
        self.assertEqual(self._get_runs(), third | second, "one more is blocked")
        third.sudo().activity_schedule("mail.mail_activity_data_todo")
        fourth = self._run()
        self.assertIn(third, self._get_runs(), "somebody has to look at it")
        self._enrol()
        fifth = self._run()
        self.assertEqual(fifth.charged_count, 2)
        self.assertIn(fourth, self._get_runs())
        self.assertEqual(self._run(), fifth, "nothing is due any more")
