from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import AutopayCommon

LATER = "pm_card_visa_chargeDeclinedInsufficientFunds"
LOST = "pm_card_visa_chargeDeclinedLostCard"
BILLING = "account.group_account_invoice"
READER = "account.group_account_readonly"


@tagged("post_install", "-at_install")
class TestAutopayReport(AutopayCommon):
    """Reports of collections, of failures with their reasons, and of readiness."""

    def _get_rows(self, model, **values):
        self.env.flush_all()
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env[model].search(
            [("company_id", "=", self.company.id), *domain], order="id"
        )

    def _get_users(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        return (
            self._create_user("reads", READER),
            self._create_user("elsewhere", BILLING, company=other),
            self._create_user("employee", "base.group_user"),
        )

    def _assert_guarded(self, model, rows):
        """Expect that accountants who read see it, and nobody else's do."""
        reader, stranger, employee = self._get_users()
        mine = self.env[model].with_user(reader)
        self.assertEqual(mine.search([]).ids, rows.sorted().ids)
        self.assertFalse(self.env[model].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.env[model].with_user(employee).search([])

    def test_charges_with_reasons_retries_and_recovery(self):
        self._enrol(LATER)
        recovered = self._create_due_invoice(100)
        lost_customer = self._create_customer("Lost Lutes")
        self._enrol(LOST, lost_customer)
        lost = self._create_due_invoice(30, lost_customer)
        self._run_autopay()
        self._enrol()
        recovered.action_autopay_make_eligible()
        self._run_autopay()
        model = "autopay.charge.report"
        first, second = self._get_rows(model, move_id=recovered.id)
        [failed] = self._get_rows(model, move_id=lost.id)
        facts = ("outcome", "reason", "number", "is_recovered", "recovery_rate")
        self.assertEqual(
            [[row[name] for name in facts] for row in (first, second, failed)],
            [
                ["failed", "insufficient_funds", 1, True, 100.0],
                ["collected", False, 2, True, 0.0],
                ["failed", "lost_card", 1, False, 0.0],
            ],
        )
        self.assertEqual(second.recovered_amount, 100)
        rows = first | second | failed
        [totals] = self.env[model]._read_group(
            [("id", "in", rows.ids)],
            [],
            [
                "collected_amount:sum",
                "failed_amount:sum",
                "success_rate:avg",
                "recovery_rate:avg",
            ],
        )
        self.assertEqual(totals[:2], (100, 130))
        self.assertAlmostEqual(totals[2], 100 / 3)
        # A charge that needed no retry counts in no recovery rate.
        self.assertAlmostEqual(totals[3], 50)
        labels = dict(
            self.env[model]._fields["reason"]._description_selection(self.env)
        )
        self.assertIn("insufficient funds", labels["insufficient_funds"])
        opened = failed.action_open()
        self.assertEqual(opened["res_id"], lost.autopay_attempt_ids.id)
        self._assert_guarded(model, rows)

    def test_next_debt_of_an_invoice_begins_anew(self):
        self._enrol()
        invoice = self._create_due_invoice(100)
        self._run_autopay()
        [row] = self._get_rows("autopay.charge.report", move_id=invoice.id)
        self.assertEqual((row.number, row.is_recovered), (1, False))
        self.assertFalse(row.recovered_amount)

    def test_customers_by_what_can_pay(self):
        soon = self.today + timedelta(days=10)
        agreed, expiring, revoked, unasked, nobody, lost = (
            self._create_customer(name)
            for name in ("Agreed", "Expiring", "Revoked", "Unasked", "Nobody", "Lost")
        )
        self._enrol(customer=agreed)
        self._enrol(customer=expiring, autopay_expiry_date=soon)
        self._enrol(customer=revoked).active = False
        self._create_token(customer=unasked)
        for customer in (agreed, expiring, revoked, unasked, nobody):
            self._create_posted_invoice(50, customer)
        self._enrol(LOST, lost)
        self._create_due_invoice(50, lost)
        self._run_autopay()
        model = "autopay.readiness.report"
        rows = self._get_rows(model)
        self.assertEqual(
            {row.partner_id: row.state for row in rows},
            {
                agreed: "ready",
                expiring: "expiring",
                revoked: "lost",
                # The bank has refused its card for good.
                lost: "lost",
                unasked: "unasked",
                nobody: "none",
            },
        )
        self.assertEqual(set(rows.mapped("open_amount")), {50})
        self.assertEqual(rows.filtered("expiry_date").mapped("expiry_date"), [soon])
        self.provider.is_published = True
        lacking = rows.filtered(lambda row: row.state == "none")
        asked = lacking.with_company(self.company).action_request_method()
        self.assertEqual(asked["res_model"], "autopay.request.wizard")
        self._assert_guarded(model, rows)

    def test_changes_that_are_not_saved_yet_count(self):
        token = self._enrol()
        self._create_posted_invoice(50)
        reports = self.env["autopay.readiness.report"]
        own = [("company_id", "=", self.company.id)]
        self.assertEqual(reports.search(own).mapped("state"), ["ready"])
        token.active = False
        reports.invalidate_model(flush=False)
        self.assertEqual(reports.search(own).mapped("state"), ["lost"])

    def test_row_of_a_customer_never_becomes_that_of_another(self):
        model = "autopay.readiness.report"
        before, chosen = (self._create_customer(name) for name in ("Before", "Chosen"))
        self._create_posted_invoice(50, chosen)
        [row] = self._get_rows(model)
        self._create_posted_invoice(50, before)
        self._create_posted_invoice(50, chosen)
        self.env.invalidate_all()
        self.assertEqual(row.partner_id, chosen)
        self.assertEqual(row.open_count, 2)
