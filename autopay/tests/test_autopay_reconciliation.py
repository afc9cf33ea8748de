import io
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import SECRET_KEY, AutopayCommon

CONFIRM = "/v1/payment_intents/*/confirm"


@tagged("post_install", "-at_install")
class TestAutopayReconciliation(AutopayCommon):
    """Attempts, charges at the provider and payments, one to one."""

    def setUp(self):
        super().setUp()
        # Charges of other tests are none of ours.
        self.admin.reset()

    # === FACTORIES === #

    def _collect(self, amount=100.0, **values):
        """Charge an invoice and book it; return its attempt."""
        self._enrol()
        invoice = self._create_due_invoice(amount, **values)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertTrue(attempt.booked_date)
        self._grow_old(attempt)
        return attempt

    def _grow_old(self, attempt):
        """Let so much time pass that nothing is on its way any more."""
        self._sql(
            "UPDATE autopay_attempt SET charging_date = charging_date - interval '2 h',"
            " reserved_date = reserved_date - interval '2 h' WHERE id = %s",
            attempt.id,
        )

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def _charge_outside(self, amount_minor, metadata, currency="usd"):
        """Charge at the simulator without Odoo; return the intent."""
        customer = self.stripe.v1.customers.create({}).id
        method = self.stripe.v1.payment_methods.attach(
            "pm_card_visa", {"customer": customer}
        )
        return self.stripe.v1.payment_intents.create(
            {
                "amount": amount_minor,
                "currency": currency,
                "customer": customer,
                "payment_method": method.id,
                "allowed_payment_method_types": ["card"],
                "metadata": metadata,
                "confirm": True,
            }
        )

    def _get_uuid(self):
        return self.env["ir.config_parameter"].get_param("database.uuid")

    def _create_reconciliation(self, provider=None, **values):
        provider = provider or self.provider
        return self.env["autopay.reconciliation"].create(
            {
                "provider_choice": str(provider.id),
                "date_from": self.today - timedelta(days=1),
                "date_to": self.today,
                **values,
            }
        )

    def _compare(self, provider=None, later=True, **values):
        """Compare, and return the reconciliation."""
        record = self._create_reconciliation(provider, **values)
        self._press_compare(record, later)
        return record

    def _press_compare(self, record, later=True):
        self.env.flush_all()
        minutes = 0 if later else 60
        target = "odoo.addons.autopay.reconciliation_case.BOOKING_MINUTES"
        with (
            patch(target, minutes),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            record.with_env(record.env(cr=cr)).action_compare()
        self.env.invalidate_all()

    def _get_kinds(self, record):
        return sorted(record.line_ids.mapped("kind"))

    # === NOTHING DIFFERS === #

    def test_a_booked_charge_is_matched(self):
        attempt = self._collect()
        record = self._compare()
        self.assertEqual(record.state, "agrees")
        line = record.line_ids
        self.assertEqual((line.kind, line.attempt_id), ("matched", attempt))
        self.assertEqual(line.charge_ref, attempt.charge_ref)
        self.assertEqual(line.payment_id, attempt.transaction_id.payment_id)
        amounts = (line.attempt_amount, line.charge_amount, line.payment_amount)
        self.assertEqual(amounts, (100.0, 100.0, 100.0))

    def test_each_side_is_counted_and_added_up(self):
        self._collect(100.0)
        self._collect(50.5)
        record = self._compare()
        counts = (record.attempt_count, record.charge_count, record.payment_count)
        self.assertEqual(counts, (2, 2, 2))
        self.assertEqual((record.matched_count, record.difference_count), (2, 0))
        total = record.total_ids
        self.assertEqual(total.currency_id, self.company.currency_id)
        sums = (total.attempts, total.charges, total.payments, total.difference)
        self.assertEqual(sums, (150.5, 150.5, 150.5, 0))

    def test_a_declined_charge_is_no_difference(self):
        self._enrol("pm_card_visa_chargeDeclined")
        self._create_due_invoice()
        self._run_autopay()
        record = self._compare()
        self.assertEqual((record.state, len(record.line_ids)), ("agrees", 0))

    def test_a_debit_at_its_bank_is_under_way(self):
        self._enrol({"kind": "processing"})
        self._create_due_invoice()
        self._run_autopay()
        record = self._compare()
        self.assertEqual(self._get_kinds(record), ["open"])
        self.assertEqual(record.state, "agrees")

    def test_a_charge_of_this_minute_is_under_way(self):
        attempt = self._collect()
        self._unbook(attempt)
        record = self._compare(later=False)
        self.assertEqual(self._get_kinds(record), ["open"])

    def test_charges_of_others_are_counted_apart(self):
        self._collect()
        self._charge_outside(500, {})
        self._charge_outside(
            700, {"autopay_tx": "INV/1", "autopay_database": "another database"}
        )
        record = self._compare()
        self.assertEqual(record.foreign_count, 2)
        self.assertEqual(self._get_kinds(record), ["matched"])
        self.assertEqual(record.state, "agrees")

    def test_charges_outside_the_period_are_left_out(self):
        self._collect()
        day = self.today - timedelta(days=40)
        record = self._compare(date_from=day, date_to=day)
        self.assertFalse(record.line_ids)
        self.assertFalse(record.foreign_count)

    def test_comparing_again_gives_the_same(self):
        self._collect()
        record = self._compare()
        self._press_compare(record)
        self.assertEqual(self._get_kinds(record), ["matched"])

    # === DIFFERENCES === #

    def _unbook(self, attempt):
        """Take the payment of a collected attempt out of the books."""
        payment = attempt.transaction_id.payment_id
        self._sql(
            "UPDATE account_payment SET state = 'draft' WHERE id = %s", payment.id
        )

    def _assert_difference(self, kind, record=None):
        record = record or self._compare()
        self.assertIn(kind, record.line_ids.mapped("kind"))
        self.assertEqual(record.state, "differs")
        line = record.difference_ids.filtered(lambda line: line.kind == kind)
        self.assertTrue(line[:1].explanation)
        return line

    def test_our_charge_without_attempt_is_an_orphan(self):
        intent = self._charge_outside(
            900, {"autopay_tx": "INV/lost", "autopay_database": self._get_uuid()}
        )
        line = self._assert_difference("orphan")
        self.assertEqual((line.object_ref, line.tag), (intent.id, "INV/lost"))
        self.assertEqual(line.charge_amount, 9.0)

    def test_success_without_charge_is_found(self):
        attempt = self._collect()
        self._unbook(attempt)
        self.admin.reset()
        line = self._assert_difference("not_charged")
        self.assertEqual(line.attempt_id, attempt)

    def test_payment_without_charge_is_found(self):
        attempt = self._collect()
        self.admin.reset()
        line = self._assert_difference("booked_only")
        self.assertEqual(line.payment_id, attempt.transaction_id.payment_id)

    def test_charge_without_payment_is_found(self):
        self._unbook(self._collect())
        self._assert_difference("not_booked")

    def test_charge_of_a_failed_attempt_is_found(self):
        attempt = self._collect()
        self._unbook(attempt)
        self._sql(
            "UPDATE autopay_attempt SET state = 'declined' WHERE id = %s", attempt.id
        )
        line = self._assert_difference("not_booked")
        self.assertEqual(line.attempt_state, "declined")

    def test_other_amount_in_the_books_is_found(self):
        attempt = self._collect()
        self._sql(
            "UPDATE account_payment SET amount = 99 WHERE id = %s",
            attempt.transaction_id.payment_id.id,
        )
        self._assert_difference("amount")

    def test_other_amount_at_the_provider_is_found(self):
        attempt = self._collect()
        self._sql(
            "UPDATE autopay_attempt SET amount_minor = 9900 WHERE id = %s", attempt.id
        )
        self._assert_difference("amount")

    def test_second_payment_for_one_charge_is_found(self):
        attempt = self._collect()
        payment = attempt.transaction_id.payment_id
        payment.copy({"payment_transaction_id": attempt.transaction_id.id})
        self._sql(
            "UPDATE account_payment SET state = 'paid', move_id = NULL"
            " WHERE payment_transaction_id = %s AND id <> %s",
            attempt.transaction_id.id,
            payment.id,
        )
        line = self._assert_difference("booked_twice")
        self.assertEqual(line.payment_count, 2)

    def test_invoice_that_was_charged_twice_is_found(self):
        attempt = self._collect()
        self._charge_outside(
            10000,
            {
                "autopay_tx": attempt.transaction_id.reference,
                "autopay_database": self._get_uuid(),
            },
        )
        record = self._compare()
        self._assert_difference("twice", record)
        self.assertEqual(self._get_kinds(record), ["matched", "twice"])

    def test_two_attempts_above_the_total_are_found(self):
        first, second = self._collect(), self._collect()
        self._sql(
            "UPDATE autopay_attempt_line SET move_id = %s WHERE attempt_id = %s",
            first.line_ids.move_id.id,
            second.id,
        )
        line = self._assert_difference("twice")
        self.assertEqual(line.attempt_id, second)

    def test_refund_that_is_not_booked_is_found(self):
        attempt = self._collect()
        self.stripe.v1.refunds.create({"payment_intent": attempt.object_ref})
        self._assert_difference("reversal")

    # === WHAT CANNOT BE COMPARED === #

    def test_stripe_being_down_is_never_called_well(self):
        self._collect()
        self.admin.add_fault("refuse", times=None)
        record = self._compare()
        self.assertEqual((record.state, record.problem), ("incomplete", "unreachable"))
        self.assertEqual(self._get_kinds(record), ["unread"])
        self.assertIn("cannot be reached", record.problem_text)

    def test_a_wrong_key_is_never_called_well(self):
        self._collect()
        self.provider.stripe_secret_key = "pk_test_wrong"
        record = self._compare()
        self.assertEqual(record.state, "incomplete")
        self.assertTrue(record.problem_text)
        self.provider.stripe_secret_key = SECRET_KEY

    def test_other_providers_are_compared_with_the_books_only(self):
        demo = self._create_provider("demo")
        token = self.env["payment.token"].create(
            {
                "provider_id": demo.id,
                "payment_method_id": demo.payment_method_ids[:1].id,
                "partner_id": self.customer.id,
                "provider_ref": "demo",
                "payment_details": "0001",
                "demo_simulated_state": "done",
            }
        )
        self.customer.with_company(self.company).autopay_token_id = token
        attempts = [self._create_due_invoice() for _number in range(2)]
        self._run_autopay()
        record = self._compare(demo)
        self.assertFalse(record.provider_asked)
        self.assertEqual(self._get_kinds(record), ["matched", "matched"])
        self._unbook(attempts[0].autopay_attempt_ids)
        self._assert_difference("not_booked", self._compare(demo))

    # === DAILY CHECK === #

    def _check_daily(self):
        """Run the daily check as if it were tomorrow; return what it made."""
        before = self.env["autopay.reconciliation"].search([])
        target = type(self.env["res.company"])
        tomorrow = self.today + timedelta(days=1)
        with patch.object(target, "_get_autopay_today", lambda _self: tomorrow):
            self._run_cron("autopay.ir_cron_compare_charges")
        made = self.env["autopay.reconciliation"].search([]) - before
        return made.filtered(lambda record: record.provider_id == self.provider)

    def test_daily_check_is_silent_when_all_is_well(self):
        self._collect()
        record = self._check_daily()
        self.assertEqual((record.state, record.matched_count), ("agrees", 1))
        self.assertEqual(record.date_from, self.today - timedelta(days=3))
        self.assertFalse(record.activity_ids or record.line_ids)

    def test_daily_check_calls_people_about_differences(self):
        attempt = self._collect()
        self._unbook(attempt)
        self._sql(
            "UPDATE autopay_attempt SET charging_date = charging_date - interval '1 d'"
            " WHERE id = %s",
            attempt.id,
        )
        with patch("odoo.addons.autopay.reconciliation_case.BOOKING_MINUTES", 0):
            record = self._check_daily()
        self.assertEqual(record.state, "differs")
        self.assertIn("differ", record.activity_ids.summary)
        self.assertEqual(record.line_ids.attempt_id, attempt)

    def test_daily_check_says_so_when_stripe_is_down(self):
        self._collect()
        self.admin.add_fault("refuse", times=None)
        record = self._check_daily()
        self.assertEqual(record.state, "incomplete")
        self.assertIn("could not be compared", record.activity_ids.summary)

    def test_people_are_called_once_about_one_difference(self):
        self._unbook(self._collect())
        check = self.env["autopay.reconciliation.check"]
        with patch("odoo.addons.autopay.reconciliation_case.BOOKING_MINUTES", 0):
            first = self._check_daily()
        again = first.copy()
        self.env["autopay.reconciliation.line"].sudo().create(
            first.line_ids.copy_data({"reconciliation_id": again.id})
        )
        self.assertTrue(check._get_new_differences(first))
        self.assertFalse(check._get_new_differences(again))

    def test_old_checks_are_deleted_and_those_by_hand_are_kept(self):
        by_hand = self._create_reconciliation()
        old = self._create_reconciliation(trigger="scheduled")
        young = self._create_reconciliation(trigger="scheduled")
        self._sql(
            "UPDATE autopay_reconciliation SET create_date = now() - interval '2 y'"
            " WHERE id IN %s",
            (old.id, by_hand.id),
        )
        self.env["autopay.reconciliation.check"].sudo()._gc_reconciliations()
        self.assertFalse(old.exists())
        self.assertTrue(by_hand.exists() and young.exists())

    # === FORMS, EXPORT, RIGHTS === #

    def _create_user(self, login, group):
        return new_test_user(
            self.env,
            login=f"reconcile_{login}",
            groups=group,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_billing_users_compare_by_form(self):
        self._collect()
        user = self._create_user("biller", "account.group_account_invoice")
        form = Form(self.env["autopay.reconciliation"].with_user(user))
        form.provider_choice = str(self.provider.id)
        record = form.save()
        self._press_compare(record)
        self.assertEqual(record.state, "agrees")

    def test_a_period_ends_after_it_begins(self):
        with self.assertRaises(ValidationError):
            self._create_reconciliation(date_to=self.today - timedelta(days=9))

    def test_what_was_compared_keeps_its_period(self):
        record = self._compare()
        with self.assertRaises(UserError):
            record.date_to = self.today

    def test_readers_look_and_do_not_compare(self):
        record = self._compare()
        user = self._create_user("reader", "account.group_account_readonly")
        self.assertEqual(record.with_user(user).state, "agrees")
        with self.assertRaises(AccessError):
            record.with_user(user).action_compare()
        with self.assertRaises(AccessError):
            self.env["autopay.reconciliation"].with_user(user).create({})

    def test_other_companies_are_hidden(self):
        record = self._compare()
        other = self.env["res.company"].create({"name": "Second Company"})
        user = new_test_user(
            self.env, login="reconcile_other", groups="account.group_account_invoice"
        )
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            record.with_user(user).read(["state"])
        with self.assertRaises(AccessError):
            self.env["autopay.reconciliation"].with_user(user).create(
                {"provider_choice": str(self.provider.id)}
            )

    def test_spreadsheet_holds_lines_and_totals_as_text(self):
        import openpyxl

        self.customer.name = "=1+1"
        attempt = self._collect()
        record = self._compare()
        content = self.env["autopay.reconciliation.sheet"]._get_content(record)
        book = openpyxl.load_workbook(io.BytesIO(content))
        lines, totals = book.worksheets
        values = [cell.value for cell in lines[2]]
        self.assertIn("Matched", values)
        self.assertIn(attempt.name, values)
        self.assertIn("=1+1", values)
        cell = lines[2][values.index("=1+1")]
        self.assertEqual(cell.data_type, "s")
        self.assertEqual(totals.max_row, 2)

    def test_export_gives_a_file_to_download(self):
        record = self._compare()
        for _time in range(2):
            action = record.action_export()
        self.assertRegex(action["url"], r"^/web/content/\d+\?download=true$")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        self.assertEqual(len(files), 1)

    def test_report_says_what_differs(self):
        self._unbook(self._collect())
        record = self._compare()
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "autopay.autopay_reconciliation_report", record.ids
        )
        text = html.decode()
        self.assertIn("Charged, not booked", text)
        self.assertNotIn("payments agree", text)

    def test_days_are_those_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        record = self._create_reconciliation(
            date_from=fields.Date.to_date("2026-01-10"),
            date_to=fields.Date.to_date("2026-01-10"),
        )
        since, until = record._get_period()
        self.assertEqual(str(since), "2026-01-09 11:00:00")
        self.assertEqual((until - since).days, 0)
        self.assertEqual(until.hour, 10)
