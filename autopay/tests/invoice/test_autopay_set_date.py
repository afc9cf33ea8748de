from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopaySetDate(AutopayCommon):
    def _open_form(self, moves):
        wizards = self.env["autopay.set.date"]
        return Form(wizards.with_context(default_move_ids=moves.ids))

    def test_date_is_set_on_many_invoices(self):
        moves = self._create_posted_invoice() + self._create_due_invoice()
        form = self._open_form(moves)
        form.date = day = self.today + timedelta(days=5)
        self.assertEqual(form.changed_count, 2)
        self.assertEqual(form.not_eligible_count, 1)
        form.save().action_apply()
        self.assertEqual(moves.mapped("autopay_date"), [day, day])

    def test_hold_is_set_and_the_date_left_as_it_was(self):
        invoice = self._create_due_invoice()
        form = self._open_form(invoice)
        form.hold_date = self.today + timedelta(days=3)
        form.hold_reason = "Delivery to be checked"
        form.save().action_apply()
        self.assertEqual(invoice.autopay_date, self.today)
        self.assertEqual(invoice.autopay_blocker, "on_hold")
        self.assertIn("Delivery to be checked", invoice.autopay_explanation)

    def test_date_in_the_past_is_allowed_with_a_hint(self):
        form = self._open_form(self._create_due_invoice())
        self.assertFalse(form.is_past)
        form.date = self.today - timedelta(days=1)
        self.assertTrue(form.is_past)
        form.save().action_apply()

    def test_hold_until_a_day_of_the_past_is_said_to_hold_nothing(self):
        form = self._open_form(self._create_due_invoice())
        form.hold_date = self.today + timedelta(days=1)
        self.assertFalse(form.is_hold_past)
        form.hold_date = self.today
        self.assertTrue(form.is_hold_past)

    def test_invoices_that_were_collected_are_left_alone(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        form = self._open_form(invoice)
        form.date = self.today + timedelta(days=1)
        self.assertEqual(form.left_count, 1)
        with self.assertRaises(UserError):
            form.save().action_apply()
        self.assertEqual(invoice.autopay_date, self.today)

    def test_empty_form_changes_nothing(self):
        wizard = self.env["autopay.set.date"].create(
            {"move_ids": [Command.set(self._create_due_invoice().ids)]}
        )
        with self.assertRaises(UserError):
            wizard.action_apply()
