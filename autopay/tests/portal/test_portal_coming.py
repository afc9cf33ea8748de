from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ...words.days import say_day
from .common_pages import PagesCommon

PATH = "/my/autopay/coming"


@tagged("post_install", "-at_install")
class TestPortalComing(PagesCommon):
    """Coming charges are shown, skipped, moved and paid by who may."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.invoice = self._create_coming_invoice()
        self._log_in(self.owner_user)

    def _create_coming_invoice(self, days=10, **values):
        day = self.today + timedelta(days=days)
        values.setdefault("invoice_date_due", fields.Date.to_string(day))
        invoice = self._create_posted_invoice(**values)
        invoice.write({"autopay_status": "eligible", "autopay_date": day})
        return invoice

    def _press(self, what, invoice=None, **values):
        invoice = invoice or self.invoice
        values.setdefault("company", self.company.id)
        page = self._send(f"{PATH}/{invoice.id}/{what}", **values)
        return self._text(page, "autopay_messages")

    def _row(self, invoice=None):
        name = f"coming_{(invoice or self.invoice).id}"
        return self._text(self._open(PATH), name).replace("\xa0", " ")

    def _actions(self):
        actions = self._open(PATH).xpath("//article//form/@action")
        return [action.rpartition("/")[2] for action in actions]

    # === SHOWN === #

    def test_customer_sees_date_amount_and_method(self):
        row = self._row()
        day = self.today + timedelta(days=10)
        self.assertIn(say_day(self.env, day), row)
        for part in (self.invoice.name, "$ 100.00", "VISA •••• 4242"):
            self.assertIn(part, row)
        self.assertEqual(self._actions(), ["pay", "skip"])
        # A large amount with a long name needs two lines on a phone.
        self.assertFalse(
            self._open(PATH).xpath("//article//*[contains(@class, 'text-nowrap')]")
        )

    def test_customer_reads_why_something_is_not_charged(self):
        self.invoice.write(
            {
                "autopay_hold_date": self.today + timedelta(days=400),
                "autopay_hold_reason": "Internal secret",
            }
        )
        row = self._row()
        self.assertIn("Not charged", row)
        self.assertIn("We hold it until", row)
        self.assertNotIn("secret", row)
        self.assertEqual(self._actions(), [])

    def test_what_pages_before_charge_counts_in_a_month(self):
        self.env["autopay.authorization"]._record(
            self.customer, self.company, self.token, "paper", max_month_amount=150.0
        )
        other = self._create_coming_invoice()
        month = (self.today + timedelta(days=32)).replace(day=3)
        self.invoice.autopay_date = month
        other.autopay_date = month + timedelta(days=1)
        coming = self.env["autopay.portal.coming"].with_user(self.owner_user)
        company = self.company.sudo()
        whole = [(row.move, row.day) for row in coming._get_page(company)]
        pages = [coming._get_page(company, offset, limit=1)[0] for offset in (0, 1)]
        self.assertEqual([(row.move, row.day) for row in pages], whole)
        self.assertEqual([row.day == row.move.autopay_date for row in pages], [1, 0])

    def test_list_is_paged(self):
        for _each in range(21):
            self._create_coming_invoice()
        self.assertEqual(len(self._open(PATH).xpath("//article")), 20)
        self.assertEqual(len(self._open(f"{PATH}/page/2").xpath("//article")), 2)
        self._open(f"{PATH}/page/99999999999999999999")

    # === SKIP === #

    def test_skipped_invoice_is_not_charged_until_that_is_undone(self):
        self.invoice.autopay_date = self.today
        self.assertIn("not charged until you undo", self._press("skip"))
        self._run_autopay()
        self.assertFalse(self.invoice.autopay_attempt_ids)
        self.assertEqual(self.invoice.autopay_blocker, "customer_hold")
        self.assertIn("You have skipped it", self._row())
        self.assertEqual(self._actions(), ["undo"])
        activity = self.invoice.activity_ids
        self.assertIn("has skipped", activity.summary)
        self.assertFalse(activity.user_id.share)
        self.assertIn("charged again", self._press("undo"))
        self.assertFalse(self.invoice.activity_ids)
        self._run_autopay()
        self.assertEqual(self.invoice.autopay_status, "success")

    def test_staff_lift_the_hold(self):
        self._press("skip")
        billing = self._create_user("billing", "account.group_account_invoice")
        self.invoice.with_user(billing).action_autopay_lift_customer_hold()
        self.assertFalse(self.invoice.autopay_customer_hold)
        self.assertFalse(self.invoice.activity_ids)

    # === MOVE === #

    def test_charge_is_moved_within_the_limit_and_back(self):
        self.company.autopay_move_days = 5
        due = self.today + timedelta(days=10)
        self.assertIn("move", self._actions())
        day = due + timedelta(days=5)
        self.assertIn("is charged on", self._press("move", day=day.isoformat()))
        self.assertEqual(self.invoice.autopay_date, day)
        self.assertEqual(self.invoice.autopay_moved_from, due)
        self.assertEqual(self.invoice.autopay_date_source, "customer")
        again = due + timedelta(days=1)
        self._press("move", day=again.isoformat())
        self.assertEqual(self.invoice.autopay_moved_from, due)
        self._press("undo")
        self.assertEqual(self.invoice.autopay_date, due)
        self.assertFalse(self.invoice.autopay_moved_from)

    def test_days_out_of_the_limit_are_refused_in_words(self):
        self.company.autopay_move_days = 5
        due = self.today + timedelta(days=10)
        days = (self.today, due + timedelta(days=6), self.today - timedelta(days=1))
        for day in (*days, "x", "", "9999-99-99"):
            with self.subTest(day=day):
                self.assertIn("Choose a day from", self._press("move", day=str(day)))
        self.assertEqual(self.invoice.autopay_date, due)

    def test_moving_is_not_offered_where_the_company_does_not(self):
        self.assertNotIn("move", self._actions())
        day = self.today + timedelta(days=11)
        told = self._press("move", day=day.isoformat())
        self.assertIn("cannot be done", told)
        self.assertFalse(self.invoice.autopay_moved_from)

    # === PAY === #

    def test_customer_pays_one_invoice_now(self):
        other = self._create_coming_invoice()
        told = self._press("pay", amount="100.0")
        self.assertIn("Thank you", told)
        self.assertEqual(self.invoice.autopay_status, "success")
        self.assertEqual(len(self._get_charges(self.invoice)), 1)
        self.assertEqual(other.autopay_status, "eligible")
        # A second press finds nothing more to pay.
        self._press("pay", amount="100.0")
        self.assertEqual(self.last_answer.status_code, 404)
        self.assertEqual(len(self._get_charges(self.invoice)), 1)

    def test_customer_pays_with_the_method_that_the_page_names(self):
        """By the rules of today another method would pay."""
        named = self._create_token("pm_usBankAccount_success")
        for token, operator in ((self.token, "<="), (named, ">")):
            self.env["autopay.configuration"].create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "token_id": token.id,
                    "condition_ids": [
                        Command.create(
                            {"kind": "age", "operator": operator, "number": 5}
                        )
                    ],
                }
            )
        self.invoice = self._create_coming_invoice(invoice_date=self.today)
        self.assertIn(named._get_autopay_label(), self._row())
        told = self._press("pay", amount="100.0")
        self.assertIn(named._get_autopay_label(), told)
        self.assertEqual(self.invoice.autopay_attempt_ids.token_id, named)

    def test_another_amount_than_is_due_is_refused(self):
        for amount in ("1.0", "99.99", "1e9", "nan", "inf", "-5", "x", ""):
            with self.subTest(amount=amount):
                self.assertIn("Nothing was charged", self._press("pay", amount=amount))
        self.assertFalse(self.invoice.autopay_attempt_ids)

    def test_declined_payment_says_so_without_what_the_bank_has_said(self):
        self._enrol("pm_card_chargeDeclinedStolenCard")
        told = self._press("pay", amount="100.0")
        self.assertTrue(told)
        self.assertNotIn("stolen", told.lower())
        self.assertEqual(self.invoice.autopay_status, "error")

    # === REFUSED === #

    def test_nothing_is_changed_while_it_is_collected(self):
        self._enrol("pm_usBankAccount_success")
        self.invoice.autopay_date = self.today
        self._run_autopay()
        self.assertEqual(self.invoice.autopay_attempt_ids.state, "pending")
        row = self._row()
        self.assertIn("We are collecting it", row)
        self.assertIn("Under way", row)
        self.assertNotIn("Not charged", row)
        self.assertEqual(self._actions(), [])
        for what in ("skip", "move", "pay", "undo"):
            with self.subTest(what=what):
                self.assertIn("being collected", self._press(what, amount="100.0"))
        self.assertFalse(self.invoice.autopay_customer_hold)
        self.assertEqual(len(self.invoice.autopay_attempt_ids), 1)

    def test_nothing_is_changed_under_a_locked_configuration(self):
        self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self.token.id,
                "locked": True,
                "lock_reason": "Agreed in the contract",
                "condition_ids": [
                    (0, 0, {"kind": "amount_total", "operator": ">=", "number": 50.0})
                ],
            }
        )
        self.assertIn("Locked", self._row())
        self.assertEqual(self._actions(), [])
        for what in ("skip", "move", "pay"):
            with self.subTest(what=what):
                self.assertIn("agreed between us", self._press(what, amount="100.0"))
        self.assertFalse(self.invoice.autopay_customer_hold)
        self.assertFalse(self.invoice.autopay_attempt_ids)

    def test_nothing_is_changed_while_an_approval_waits(self):
        self.company.autopay_approval_limit = 50.0
        self.invoice.autopay_date = self.today
        self.assertEqual(self._actions(), [])
        for what in ("skip", "move", "pay"):
            with self.subTest(what=what):
                self.assertIn("our approval", self._press(what, amount="100.0"))
        self.assertFalse(self.invoice.autopay_attempt_ids)

    def test_contact_who_may_only_look_changes_nothing(self):
        self._log_in(self.colleague_user)
        self.assertIn(self.invoice.name, self._row())
        self.assertEqual(self._actions(), [])
        for what in ("skip", "move", "pay", "undo"):
            with self.subTest(what=what):
                self.assertIn("You can look at", self._press(what, amount="100.0"))
        self.assertFalse(self.invoice.autopay_customer_hold)
        self.assertFalse(self.invoice.autopay_attempt_ids)

    def test_invoices_of_others_are_not_found(self):
        self._log_in(self.stranger_user)
        self._enrol(customer=self.stranger)
        for move_id in (self.invoice.id, 0, 2**31, 2**70, 99999999):
            for what in ("skip", "move", "pay", "undo"):
                with self.subTest(move=move_id, what=what):
                    self._send(
                        f"{PATH}/{move_id}/{what}",
                        amount="100.0",
                        company=self.company.id,
                    )
                    self.assertEqual(self.last_answer.status_code, 404)
        self.assertFalse(self.invoice.autopay_customer_hold)
        self.assertFalse(self.invoice.autopay_attempt_ids)
