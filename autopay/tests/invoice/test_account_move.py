from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...words.days import say_day
from ..common import AutopayCommon
from ..fault import fault


@tagged("post_install", "-at_install")
class TestAccountMove(AutopayCommon):
    # === POLICY === #

    def test_automatic_policy_makes_invoices_of_ready_customers_eligible(self):
        self.company.autopay_policy = "automatic"
        self._enrol()
        invoice = self._create_posted_invoice()
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(invoice.autopay_date, invoice.invoice_date_due)

    def test_automatic_policy_leaves_customers_without_method_alone(self):
        self.company.autopay_policy = "automatic"
        self.assertFalse(self._create_posted_invoice().autopay_status)

    def test_manual_policy_leaves_invoices_to_accountants(self):
        self._enrol()
        self.assertFalse(self._create_posted_invoice().autopay_status)

    def test_policy_of_the_customer_comes_before_the_companys(self):
        self._enrol()
        self.customer.with_company(self.company).autopay_policy = "automatic"
        self.assertEqual(self._create_posted_invoice().autopay_status, "eligible")
        self.company.autopay_policy = "automatic"
        self.customer.with_company(self.company).autopay_policy = "off"
        self.assertFalse(self._create_posted_invoice().autopay_status)

    def test_nothing_becomes_eligible_while_the_company_is_off(self):
        self.company.write({"autopay_enabled": False, "autopay_policy": "automatic"})
        self._enrol()
        self.assertFalse(self._create_posted_invoice().autopay_status)

    def test_vendor_bills_and_credit_notes_never_become_eligible(self):
        self.company.autopay_policy = "automatic"
        self._enrol()
        for move_type in ("in_invoice", "out_refund"):
            move = self._create_posted_invoice(move_type=move_type)
            self.assertFalse(move.autopay_status)
            self.assertFalse(move.autopay_blocker)
            with self.assertRaises(UserError):
                move.action_autopay_make_eligible()

    def test_nothing_but_a_customer_invoice_is_put_on_autopay(self):
        for move_type in ("out_refund", "in_invoice", "entry", "out_receipt"):
            values = {"move_type": move_type, "autopay_status": "eligible"}
            with self.subTest(move_type=move_type):
                with self.assertRaisesRegex(ValidationError, "customer invoices only"):
                    self.env["account.move"].create(values)
                with self.assertRaisesRegex(ValidationError, "customer invoices only"):
                    self.env["account.move"].create(
                        {"move_type": move_type}
                    ).autopay_status = "eligible"

    def test_draft_that_becomes_a_credit_note_leaves_autopay(self):
        draft = self._create_posted_invoice().copy()
        draft.action_autopay_make_eligible()
        draft.action_switch_move_type()
        self.assertEqual(draft.move_type, "out_refund")
        self.assertFalse(draft.autopay_status)
        draft.invoice_date = self.today
        draft.action_post()
        self.assertFalse(draft.autopay_status)

    def test_draft_says_what_its_posting_brings(self):
        draft = self._create_posted_invoice().copy({"invoice_date": self.today})
        # Nobody marks it, and no policy does.
        self.assertEqual(draft.autopay_explanation, "The invoice is not posted.")
        self.company.autopay_policy = "automatic"
        draft.invalidate_recordset()
        self.assertIn("does not put the invoice on autopay", draft.autopay_explanation)
        self.assertIn("No payment method", draft.autopay_explanation)
        self.assertEqual(draft.autopay_offers, "not_at_posting")
        self._enrol()
        draft.invalidate_recordset()
        draft.invoice_date_due = self.today + timedelta(days=30)
        self.assertEqual(draft.autopay_blocker, "not_posted")
        self.assertEqual(draft.autopay_offers, "at_posting")
        day = say_day(self.env, draft.invoice_date_due)
        self.assertIn(f"to be charged on {day}.", draft.autopay_explanation)
        self.assertIn("the policy Automatic", draft.autopay_explanation)
        draft.action_post()
        self.assertEqual(draft.autopay_status, "eligible")
        self.assertEqual(draft.autopay_date, draft.invoice_date_due)
        self.company.autopay_enabled = False
        off = draft.copy()
        self.assertFalse(off.autopay_offers)

    def test_draft_that_somebody_has_marked_says_when_it_is_charged(self):
        self._enrol()
        draft = self._create_posted_invoice().copy({"invoice_date": self.today})
        draft.action_autopay_make_eligible()
        day = say_day(self.env, self.today)
        self.assertIn("The invoice is not posted.", draft.autopay_explanation)
        self.assertIn(f"to be charged on {day}.", draft.autopay_explanation)

    # === DATES === #

    def test_draft_gets_its_autopay_date_when_it_is_posted(self):
        term = self.env.ref("account.account_payment_term_30days")
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_payment_term_id": term.id,
                "invoice_line_ids": [Command.create({"name": "A", "price_unit": 9})],
            }
        )
        invoice.action_autopay_make_eligible()
        self.assertFalse(invoice.autopay_date)
        invoice.invoice_date = self.today + timedelta(days=20)
        invoice.action_post()
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=50))

    def test_invoice_posted_again_gets_its_date_by_its_new_due_date(self):
        invoice = self._create_due_invoice()
        invoice.autopay_date = invoice._get_autopay_default_date()
        invoice.button_draft()
        later = self.today + timedelta(days=30)
        invoice.write({"invoice_payment_term_id": False, "invoice_date_due": later})
        invoice.action_post()
        self.assertEqual(invoice.autopay_date, invoice._get_autopay_default_date())
        self.assertGreater(invoice.autopay_date, self.today)

    def test_invoice_posted_again_keeps_a_date_that_was_chosen(self):
        invoice = self._create_due_invoice()
        invoice.autopay_date = chosen = self.today + timedelta(days=9)
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(invoice.autopay_date, chosen)

    def test_autopay_date_follows_the_companys_rule(self):
        invoice = self.env["account.move"].new(
            {
                "move_type": "out_invoice",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "invoice_date": date(2026, 1, 20),
                "invoice_date_due": date(2026, 2, 10),
            }
        )
        cases = [
            ("due", 0, 1, date(2026, 2, 10)),
            ("due", -3, 1, date(2026, 2, 7)),
            ("due", 5, 1, date(2026, 2, 15)),
            ("invoice", 7, 1, date(2026, 1, 27)),
            ("month_day", 0, 25, date(2026, 1, 25)),
            ("month_day", 0, 20, date(2026, 1, 20)),
            ("month_day", 0, 5, date(2026, 2, 5)),
            ("month_day", 0, 31, date(2026, 1, 31)),
        ]
        for rule, offset, day, expected in cases:
            with self.subTest(rule=rule, offset=offset, day=day):
                self.company.write(
                    {
                        "autopay_date_rule": rule,
                        "autopay_date_offset": offset,
                        "autopay_month_day": day,
                    }
                )
                self.assertEqual(invoice._get_autopay_default_date(), expected)

    def test_fixed_day_falls_on_the_last_day_of_a_short_month(self):
        next_day = self.env["res.company"]._get_next_month_day
        self.assertEqual(next_day(date(2026, 2, 1), 31), date(2026, 2, 28))
        self.assertEqual(next_day(date(2026, 4, 30), 31), date(2026, 4, 30))

    def test_day_of_month_must_exist(self):
        with self.assertRaises(ValidationError):
            self.company.autopay_month_day = 32

    # === TOGGLING === #

    def test_toggling_is_tracked_in_the_chatter(self):
        self._enrol()
        invoice = self._create_posted_invoice().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.env.cr.precommit.run()
        invoice.action_autopay_make_eligible()
        self.env.flush_all()
        self.env.cr.precommit.run()
        changes = invoice.message_ids.sudo().tracking_value_ids
        self.assertIn("On Autopay", changes.mapped("new_value_char"))

    def test_copy_of_an_invoice_is_not_on_autopay(self):
        self._enrol()
        copy = self._create_due_invoice().copy()
        self.assertFalse(copy.autopay_status)
        self.assertFalse(copy.autopay_date)

    def test_invoice_being_charged_cannot_be_removed_from_autopay(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        with self.assertRaisesRegex(UserError, "has been collecting"):
            invoice.action_autopay_remove()

    @fault(27)
    def test_outcome_is_told_once_in_the_chatter(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        self._resolve_autopay()
        told = invoice.message_ids.filtered(lambda m: "was collected with" in m.body)
        self.assertEqual(len(told), 1)

    def test_due_invoices_and_retries_have_partial_indexes(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname LIKE '%autopay%idx'"
        )
        definitions = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("'eligible'", definitions)
        self.assertIn("'error'", definitions)

    # === STATUS === #

    def test_nobody_creates_an_invoice_with_an_outcome(self):
        moves = self.env["account.move"].with_user(self.env.user)
        with self.assertRaises(AccessError):
            moves.create({"move_type": "out_invoice", "autopay_status": "success"})

    def test_nobody_changes_the_status_of_what_is_being_charged(self):
        invoice = self._create_due_invoice()
        invoice.sudo().autopay_status = "in_progress"
        for status in (False, "eligible"):
            with self.assertRaises(AccessError):
                invoice.with_user(self.env.user).autopay_status = status
