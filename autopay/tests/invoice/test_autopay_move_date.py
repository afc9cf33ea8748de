from datetime import timedelta
from runpy import run_path

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import file_path

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayMoveDate(AutopayCommon):
    """A date by the rule follows the due date, one that was set by hand stays."""

    def setUp(self):
        super().setUp()
        self._enrol()
        self.company.write({"autopay_date_rule": "due", "autopay_date_offset": 0})
        self.later = self.today + timedelta(days=28)

    def _create_ruled(self, **values):
        invoice = self._create_posted_invoice(**values)
        invoice.action_autopay_make_eligible()
        return invoice

    # === FOLLOWS === #

    def test_date_by_the_rule_follows_the_due_date(self):
        invoice = self._create_ruled()
        self.assertEqual(invoice.autopay_date_source, "rule")
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, self.later)
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertIn("Will be charged on", invoice.autopay_explanation)
        self.assertNotIn("rule", invoice.autopay_explanation)

    def test_date_by_the_rule_follows_with_the_offset(self):
        self.company.autopay_date_offset = -3
        invoice = self._create_ruled()
        invoice.with_user(self.env.user).write({"invoice_date_due": self.later})
        self.assertEqual(invoice.autopay_date, self.later - timedelta(days=3))

    def test_date_by_the_rule_follows_the_terms_and_the_invoice_date(self):
        invoice = self._create_ruled()
        # As add-ons do that let one change the terms of a posted invoice.
        invoice.with_context(
            skip_readonly_check=True
        ).invoice_payment_term_id = self.env.ref("account.account_payment_term_30days")
        due = invoice.invoice_date + timedelta(days=30)
        self.assertEqual((invoice.invoice_date_due, invoice.autopay_date), (due, due))
        self.company.autopay_date_rule = "invoice"
        other = self._create_ruled()
        other.with_context(skip_readonly_check=True).invoice_date = self.today
        self.assertEqual(other.autopay_date, self.today)

    def test_failed_invoice_that_is_canceled_and_posted_again_has_its_date(self):
        self._enrol("pm_card_chargeDeclinedInsufficientFunds")
        invoice = self._create_ruled(invoice_date_due=self.today)
        self._run_autopay()
        self.assertTrue(invoice.autopay_retry_date)
        invoice.button_cancel()
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(invoice.autopay_date, self.today)
        self.assertNotIn("no autopay date", invoice.autopay_explanation)

    def test_fixed_day_of_the_month_ignores_the_due_date(self):
        self.company.write({"autopay_date_rule": "month_day", "autopay_month_day": 5})
        invoice = self._create_ruled()
        known = invoice.autopay_date
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, known)
        self.assertIn(
            "ignores the due date", self.company._fields["autopay_date_rule"].help
        )

    def test_form_shows_where_the_date_goes_before_it_is_saved(self):
        invoice = self._create_ruled()
        with Form(invoice) as form:
            form.invoice_date_due = self.later
            self.assertEqual(form.autopay_date, self.later)
        self.assertEqual(invoice.autopay_date, self.later)
        self.assertEqual(invoice.autopay_date_source, "rule")

    def test_failed_invoice_follows_too(self):
        self._enrol("pm_card_chargeDeclinedInsufficientFunds")
        invoice = self._create_ruled()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "error")
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, self.later)

    def test_due_date_is_not_moved_while_charging(self):
        self._enrol("pm_usBankAccount_processing")
        invoice = self._create_ruled()
        self._run_autopay()
        with self.assertRaisesRegex(UserError, "has been collecting"):
            invoice.invoice_date_due = self.later

    def test_collected_invoice_keeps_the_day_of_its_charge(self):
        invoice = self._create_ruled()
        known = invoice.autopay_date
        self._run_autopay()
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, known)

    def test_many_invoices_follow_at_once(self):
        ruled, chosen = self._create_ruled(), self._create_ruled()
        chosen.autopay_date = by_hand = self.today + timedelta(days=3)
        (ruled + chosen).write({"invoice_date_due": self.later})
        self.assertEqual(ruled.autopay_date, self.later)
        self.assertEqual(chosen.autopay_date, by_hand)

    # === STAYS === #

    def test_date_set_by_hand_stays_and_says_so(self):
        invoice = self._create_ruled()
        invoice.autopay_date = chosen = self.today + timedelta(days=9)
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, chosen)
        self.assertIn("set by hand; by the rule", invoice.autopay_explanation)

    def test_date_set_by_the_wizard_stays(self):
        invoice = self._create_ruled()
        chosen = self.today + timedelta(days=9)
        self.env["autopay.set.date"].create(
            {"move_ids": [Command.set(invoice.ids)], "date": chosen}
        ).action_apply()
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, chosen)

    def test_date_set_in_the_form_stays_when_the_due_date_is_moved_in_it(self):
        invoice = self._create_ruled()
        chosen = self.today + timedelta(days=9)
        with Form(invoice) as form:
            form.autopay_date = chosen
            form.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, chosen)
        self.assertEqual(invoice.autopay_date_source, "person")

    def test_date_given_together_with_the_due_date_stays(self):
        invoice = self._create_ruled()
        known = invoice.autopay_date
        invoice.write({"invoice_date_due": self.later, "autopay_date": known})
        self.assertEqual(invoice.autopay_date, known)
        self.assertEqual(invoice.autopay_date_source, "person")

    def test_date_set_on_a_draft_stays(self):
        invoice = self._create_posted_invoice()
        invoice.button_draft()
        invoice.autopay_date = chosen = self.today + timedelta(days=9)
        invoice.action_autopay_make_eligible()
        invoice.action_post()
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, chosen)

    def test_imported_date_stays(self):
        day = self.today + timedelta(days=9)
        invoice = self._create_posted_invoice(autopay_date=day)
        self.assertEqual(invoice.autopay_date_source, "person")
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, day)

    def test_changed_rule_moves_no_date_until_the_due_date_moves(self):
        invoice = self._create_ruled()
        known = invoice.autopay_date
        self.company.autopay_date_offset = 5
        self.assertEqual(invoice.autopay_date, known)
        self.assertIn("by an earlier rule", invoice.autopay_explanation)
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, self.later + timedelta(days=5))

    # === BACK AND FORTH === #

    def test_date_of_the_rule_given_by_hand_follows_again(self):
        invoice = self._create_ruled()
        known = invoice.autopay_date
        invoice.autopay_date = self.today + timedelta(days=9)
        invoice.autopay_date = known
        invoice.invoice_date_due = self.later
        self.assertEqual(invoice.autopay_date, self.later)

    def test_date_that_was_emptied_is_by_the_rule_when_eligible_again(self):
        invoice = self._create_ruled()
        invoice.autopay_date = False
        self.assertFalse(invoice.autopay_date_source)
        invoice.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_date_source, "rule")

    def test_copy_gets_a_date_of_its_own(self):
        invoice = self._create_ruled()
        invoice.autopay_date = self.today + timedelta(days=9)
        copy = invoice.copy()
        self.assertFalse(copy.autopay_date_source)
        copy.action_autopay_make_eligible()
        copy.action_post()
        self.assertEqual(copy.autopay_date_source, "rule")
        self.assertEqual(copy.autopay_date, copy.invoice_date_due)

    def test_dates_of_databases_that_are_updated_are_told_apart(self):
        ruled, chosen = self._create_ruled(), self._create_ruled()
        chosen.autopay_date = self.today + timedelta(days=9)
        (ruled + chosen).sudo().autopay_date_source = False
        script = file_path("autopay/migrations/19.0.1.1.0/post-autopay_dates.py")
        run_path(script)["migrate"](self.env.cr, "19.0.1.0.0")
        self.assertEqual(ruled.autopay_date_source, "rule")
        self.assertEqual(chosen.autopay_date_source, "person")

    # === THE PAST === #

    def test_form_warns_of_a_day_that_has_come(self):
        invoice = self._create_ruled()
        day = self.today - timedelta(days=2000)
        values = {"autopay_date": str(day), "autopay_hold_date": str(day)}
        spec = {"autopay_date": {}, "autopay_hold_date": {}}
        for name, words in (
            ("autopay_date", "charged at the next run"),
            ("autopay_hold_date", "has no effect"),
        ):
            answer = invoice.onchange({name: values[name]}, [name], spec)
            self.assertIn(words, answer["warning"]["message"])
        answer = invoice.onchange(
            {"autopay_date": str(self.later)}, ["autopay_date"], spec
        )
        self.assertNotIn("warning", answer)

    def test_hold_of_the_past_is_told_on_the_invoice(self):
        invoice = self._create_ruled()
        invoice.autopay_hold_date = self.today
        self.assertIn("has no effect", invoice.autopay_explanation)
