from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ...models.invoice.autopay_move_screen import AutopayMoveScreen
from ..common import AutopayCommon

SPEC = {
    "name": {},
    "partner_id": {},
    "amount_residual": {},
    "autopay_status": {},
    "autopay_date": {},
    "autopay_attempt_ids": {"fields": {"name": {}}},
    "autopay_blocker": {},
}
PARTS_SPEC = {"autopay_installment_ids": {"fields": {"amount": {}}}}


@tagged("post_install", "-at_install")
class TestAutopayMoveScreen(AutopayCommon):
    """The web client reads our fields as empty where Autopay never was on."""

    def _switch_off(self):
        values = {"autopay_enabled": False, "autopay_known": False}
        self.env["res.company"].sudo().search([]).write(values)

    def _read(self, move):
        return move.web_read(SPEC)[0]

    def _start(self):
        """Return what a new invoice begins with, as the web client asks for it."""
        model = self.env["account.move"].with_context(default_move_type="out_invoice")
        return model.onchange({}, [], SPEC)["value"]

    def test_fields_of_ours_are_empty_and_not_read(self):
        invoice = self._create_posted_invoice()
        self._switch_off()
        row = self._read(invoice)
        self.assertEqual(row["name"], invoice.name)
        self.assertEqual(row["amount_residual"], 100)
        self.assertEqual(row.keys(), {"id", *SPEC})
        self.assertEqual(row["autopay_attempt_ids"], [])
        for name in ("autopay_status", "autopay_date", "autopay_blocker"):
            self.assertIs(row[name], False)

    def test_new_invoice_is_told_all_that_its_form_asks_for(self):
        self._switch_off()
        self.assertEqual(SPEC.keys() - self._start().keys(), {"autopay_attempt_ids"})

    def test_where_it_is_on_all_is_read(self):
        invoice = self._create_due_invoice()
        row = self._read(invoice)
        self.assertEqual(row["autopay_status"], "eligible")
        self.assertEqual(row["autopay_blocker"], invoice.autopay_blocker)
        self.assertEqual(SPEC.keys() - self._start().keys(), {"autopay_attempt_ids"})

    def test_another_company_of_the_user_that_has_it_on_counts(self):
        invoice = self._create_due_invoice()
        other = self._create_company(name="Second Company")
        self.env.user.company_ids += other
        both = invoice.with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertEqual(self._read(both)["autopay_status"], "eligible")

    def test_parts_of_a_plan_are_told_to_those_who_may_read_the_invoice(self):
        invoice = self._create_due_invoice()
        other = self._create_company(name="Second Company")
        stranger = new_test_user(
            self.env,
            "stranger",
            "account.group_account_invoice",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            invoice.with_user(stranger).web_read({"name": {}, **PARTS_SPEC})
        self.assertEqual(invoice.web_read(PARTS_SPEC)[0]["autopay_installment_ids"], [])

    def test_invoice_that_was_deleted_has_no_row(self):
        left, gone = self._create_posted_invoice(), self._create_posted_invoice()
        gone.button_draft()
        gone.unlink()
        rows = (left | gone).web_read({"name": {}, **PARTS_SPEC})
        self.assertEqual([row["id"] for row in rows], left.ids)

    def test_field_that_does_not_exist_is_named(self):
        invoice = self._create_due_invoice()
        biller = new_test_user(self.env, "biller", "account.group_account_invoice")
        with self.assertRaisesRegex(ValueError, "autopay_gone"):
            invoice.with_user(biller).read(["name", "autopay_gone"])

    def test_fields_of_ours_are_refused_to_others(self):
        invoice = self._create_due_invoice()
        employee = new_test_user(self.env, "employee", "base.group_user")
        for name in ("autopay_status", "autopay_crash_count"):
            self.env.invalidate_all()
            with self.subTest(name), self.assertRaises(AccessError):
                invoice.sudo().with_user(employee).fetch(["move_type", name])

    def test_fields_of_ours_stay_while_lines_are_typed(self):
        self._enrol()
        self.company.autopay_policy = "automatic"
        self.company.autopay_date_rule = "due"
        with Form(
            self.env["account.move"].with_context(default_move_type="out_invoice")
        ) as form:
            form.partner_id = self.customer
            form.invoice_date = self.today
            said = form.autopay_explanation
            self.assertTrue(said)
            form.invoice_date_due = self.today + timedelta(days=9)
            moved = form.autopay_explanation
            self.assertNotEqual(moved, said)
            with form.invoice_line_ids.new() as line:
                line.name = "Service"
                line.price_unit = 80
            self.assertEqual(form.autopay_explanation, moved)
        invoice = form.record
        self.assertEqual(invoice.amount_untaxed, 80)
        self.assertEqual(invoice.autopay_explanation, form.autopay_explanation)

    def test_form_works_as_without_us(self):
        self._switch_off()
        with Form(
            self.env["account.move"].with_context(default_move_type="out_invoice")
        ) as form:
            form.partner_id = self.customer
            with form.invoice_line_ids.new() as line:
                line.name = "Service"
                line.price_unit = 80
        invoice = form.record
        self.assertEqual(invoice.amount_untaxed, 80)
        self.assertFalse(invoice.autopay_status)
        self.assertFalse(AutopayMoveScreen._get_autopay_empty(invoice, {"name": {}}))
