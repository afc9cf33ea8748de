import io
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.cli.command import find_command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..invariant_queries import QUERIES
from ..invariants import INVARIANTS
from ..models.autopay_invariant import describe
from .common import AutopayCommon

LONG_AGO = "'2020-01-01'"


@tagged("post_install", "-at_install")
class TestAutopayInvariant(AutopayCommon):
    """No check that cannot fail: every invariant is breached on purpose."""

    def setUp(self):
        super().setUp()
        self.admin.reset()

    # === FACTORIES === #

    def _collect(self, amount=100.0):
        self._enrol()
        invoice = self._create_due_invoice(amount)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertTrue(attempt.booked_date)
        return attempt

    def _decline(self):
        self._enrol("pm_card_visa_chargeDeclined")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "declined")
        return attempt

    def _wait_for_bank(self):
        self._enrol({"kind": "processing"})
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "pending")
        return attempt

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def _set(self, record, **values):
        """Write on a record behind Odoo's back; values are SQL."""
        columns = ", ".join(f"{name} = {value}" for name, value in values.items())
        self._sql(f"UPDATE {record._table} SET {columns} WHERE id = %s", record.id)

    def _check(self, code):
        return self.env["autopay.invariant"].sudo()._check_one(code)

    def _assert_holds(self, code):
        finding = self._check(code)
        self.assertNotEqual(finding.verdict, "breach", describe(finding))

    def _assert_breached(self, code, record, text):
        """Check that the invariant names this record."""
        finding = self._check(code)
        self.assertEqual(finding.verdict, "breach")
        found = [
            row for row in finding.offenders if row[:2] == (record._name, record.id)
        ]
        self.assertTrue(found, describe(finding))
        self.assertIn(text, found[0][2])

    # === ALL OF THEM === #

    def test_every_invariant_has_a_query_and_a_test(self):
        tests = " ".join(name for name in dir(self) if name.startswith("test_i"))
        self.assertEqual(list(INVARIANTS), [f"I{number}" for number in range(1, 21)])
        self.assertEqual(QUERIES.keys(), INVARIANTS.keys())
        for code in INVARIANTS:
            self.assertIn(f"test_{code.lower()}_", tests)

    def test_all_hold_after_charges_of_every_kind(self):
        self._collect()
        self._decline()
        self._wait_for_bank()
        self._resolve_autopay()
        for finding in self.env["autopay.invariant"].sudo()._check():
            with self.subTest(finding.code):
                self.assertNotEqual(finding.verdict, "breach", describe(finding))

    # === MONEY === #

    def test_i1_more_was_charged_than_the_total(self):
        first, second = self._collect(), self._collect()
        self._assert_holds("I1")
        move = first.line_ids.move_id
        self._set(second.line_ids, move_id=move.id)
        self._assert_breached("I1", move, "charged 200")

    def test_i1_what_was_given_back_does_not_count(self):
        first, second = self._collect(), self._collect()
        self._set(second.line_ids, move_id=first.line_ids.move_id.id)
        self.env["autopay.reversal"].sudo().create(
            {
                "kind": "refund",
                "attempt_id": second.id,
                "provider_id": self.provider.id,
                "ref": "re_1",
                "event_date": fields.Datetime.now(),
                "currency_id": second.currency_id.id,
                "amount": 100,
                "amount_minor": 10000,
                "finding": "gone",
            }
        )
        self.env.flush_all()
        self._assert_holds("I1")

    def test_i2_charge_without_payment(self):
        attempt = self._collect()
        self._assert_holds("I2")
        self._set(attempt.transaction_id.payment_id, state="'draft'")
        self._assert_breached("I2", attempt, "0 payments")

    def test_i2_payment_of_another_amount(self):
        attempt = self._collect()
        self._set(attempt.transaction_id.payment_id, amount="99")
        self._assert_breached("I2", attempt, "1 payments")

    def test_i3_payment_of_a_charge_that_failed(self):
        attempt = self._collect()
        self._assert_holds("I3")
        self._set(attempt, state="'declined'")
        payment = attempt.transaction_id.payment_id
        self._assert_breached("I3", payment, "declined")

    def test_i4_two_live_attempts_on_one_invoice(self):
        first, second = self._wait_for_bank(), self._wait_for_bank()
        self._assert_holds("I4")
        self._sql("DROP INDEX autopay_attempt_line_live_move_uniq")
        self._set(second.line_ids, move_id=first.line_ids.move_id.id)
        self._assert_breached("I4", first.line_ids.move_id, "2 live")
        texts = [row[2] for row in self._check("I4").offenders]
        self.assertIn("the unique index is missing", texts)

    # === TIME === #

    def test_i5_in_progress_for_too_long(self):
        attempt = self._wait_for_bank()
        self._assert_holds("I5")
        self._set(attempt, reserved_date=LONG_AGO)
        self._assert_breached("I5", attempt, "pending since 2020")

    def test_i5_an_alarm_is_enough(self):
        attempt = self._wait_for_bank()
        self._set(attempt, reserved_date=LONG_AGO)
        notification = self.env["autopay.notification"]
        notification._alert(attempt, self.company, "Look at this")
        self.env.flush_all()
        self._assert_holds("I5")

    def test_i5_in_progress_without_an_attempt(self):
        move = self._create_due_invoice()
        self._set(move, autopay_status="'in_progress'")
        self._assert_breached("I5", move, "without an attempt")

    def test_i6_collected_and_never_booked(self):
        attempt = self._collect()
        self._assert_holds("I6")
        self._set(attempt, booked_date="NULL", outcome_date=LONG_AGO)
        self._assert_breached("I6", attempt, "not booked")

    # === PERMISSION === #

    def test_i7_charged_without_authorization(self):
        attempt = self._collect()
        self._assert_holds("I7")
        self._set(attempt, authorization_id="NULL")
        self._assert_breached("I7", attempt, "no authorization")

    def test_i7_charged_after_the_authorization_was_revoked(self):
        attempt = self._collect()
        self._set(attempt.authorization_id, revoked_date=LONG_AGO)
        self._assert_breached("I7", attempt, "revoked before")

    def test_i7_charged_above_the_cap(self):
        attempt = self._collect()
        self._set(attempt.authorization_id, max_amount="50")
        self._assert_breached("I7", attempt, "above the cap")

    def test_i8_charged_with_an_archived_method(self):
        attempt = self._collect()
        self._assert_holds("I8")
        self._set(attempt.token_id, active="false", write_date=LONG_AGO)
        self._assert_breached("I8", attempt, "method archived")

    def test_i8_charged_with_a_disabled_provider(self):
        attempt = self._collect()
        self._set(self.provider, state="'disabled'", write_date=LONG_AGO)
        self._assert_breached("I8", attempt, "provider disabled")

    # === REQUESTS === #

    def test_i9_amounts_that_differ(self):
        attempt = self._collect()
        self._assert_holds("I9")
        for values in (
            {"amount_minor": "9999"},
            {"prepare_params": "prepare_params || '{\"amount\": 1}'"},
            {"response": "'{\"amount\": 1}'"},
        ):
            with self.subTest(values), self.cr.savepoint() as savepoint:
                self._set(attempt, **values)
                self._assert_breached("I9", attempt, "100")
                savepoint.rollback()
                self.env.invalidate_all()
        self._assert_holds("I9")

    def test_i9_counts_currencies_as_stripe_does(self):
        for name, decimals in (("JPY", 0), ("KWD", 3)):
            currency = self.env["res.currency"].with_context(active_test=False)
            currency = currency.search([("name", "=", name)])
            currency.active = True
            self._enrol()
            invoice = self._create_due_invoice(500, currency_id=currency.id)
            self._run_autopay()
            minor = invoice.autopay_attempt_ids.amount_minor
            self.assertEqual(minor, 500 * 10**decimals)
        self._assert_holds("I9")

    def test_i10_one_key_for_two_requests(self):
        first, second = self._collect(), self._collect()
        self._assert_holds("I10")
        key = first.sudo().charge_key
        self._set(second, charge_key=f"'{key}'")
        self._assert_breached("I10", second, "2 requests")

    def test_i11_charged_while_an_earlier_attempt_was_open(self):
        first, second = self._wait_for_bank(), self._collect()
        self._assert_holds("I11")
        self._set(second.line_ids, move_id=first.line_ids.move_id.id)
        self._assert_breached("I11", second, first.name)

    # === LIMITS === #

    def test_i12_a_debit_presented_too_often(self):
        attempts = [self._collect() for _number in range(4)]
        self._assert_holds("I12")
        self._set(attempts[0].token_id, payment_method_id=self.debit_method.id)
        move = attempts[0].line_ids.move_id
        for attempt in attempts:
            self._set(attempt.line_ids, move_id=move.id)
            self._set(attempt, token_id=attempts[0].token_id.id)
        self._assert_breached("I12", move, "4 debits")

    def test_i12_a_card_declined_too_often(self):
        attempt = self._decline()
        self._sql(
            """INSERT INTO autopay_attempt (name, company_id, partner_id, token_id,
                    provider_id, transaction_id, currency_id, state, trigger,
                    charging_date, decline_class, create_date)
               SELECT name || n, company_id, partner_id, token_id, provider_id,
                      transaction_id, currency_id, state, trigger, charging_date,
                      decline_class, create_date
                 FROM autopay_attempt, generate_series(1, 15) n WHERE id = %s""",
            attempt.id,
        )
        finding = self._check("I12")
        self.assertEqual((finding.verdict, finding.count), ("breach", 16))

    def test_i12_charged_again_after_a_refusal_for_good(self):
        refused, again = self._decline(), self._collect()
        self._set(refused, decline_class="'never'", outcome_date=LONG_AGO)
        self._set(again, token_id=refused.token_id.id)
        self._set(again.authorization_id, date="'2019-01-01'")
        self._assert_breached("I12", again, refused.name)

    def test_i13_collected_before_its_date(self):
        attempt = self._collect()
        self._assert_holds("I13")
        day = self.today + timedelta(days=3)
        self._set(attempt.line_ids.move_id, autopay_date=f"'{day}'")
        self._assert_breached("I13", attempt, "sent")

    def test_i14_charged_twice_in_one_run(self):
        first, second = self._collect(), self._collect()
        self._assert_holds("I14")
        self._set(second, run_id=first.run_id.id)
        self._set(second.line_ids, move_id=first.line_ids.move_id.id)
        self._assert_breached("I14", first.run_id, "2 attempts")

    # === PEOPLE === #

    def test_i15_a_run_that_never_ended(self):
        run = self._collect().run_id
        self._assert_holds("I15")
        self._set(run, state="'running'", date_start=LONG_AGO)
        self._assert_breached("I15", run, "running since 2020")

    def test_i15_a_scheduled_action_that_fails(self):
        cron = self.env.ref("autopay.ir_cron_charge_due_invoices")
        self._set(cron, failure_count="3")
        self._assert_breached("I15", cron, "failed 3 times")

    def test_i16_told_twice(self):
        move = self._collect().line_ids.move_id
        self._assert_holds("I16")
        told = move.message_ids.filtered(lambda msg: "autopay.attempt" in msg.body)
        told[:1].copy()
        self.env.flush_all()
        self._assert_breached("I16", move, "2 times")

    def test_i16_never_told(self):
        attempt = self._collect()
        self._set(attempt, notified_state="NULL", outcome_date=LONG_AGO)
        self._assert_breached("I16", attempt, "nobody was told")

    def test_i17_a_key_in_a_message(self):
        attempt = self._collect()
        self._assert_holds("I17")
        key = "_".join(("sk", "live", "0123456789abcdef"))
        message = attempt.sudo().message_post(body=f"The key is {key}.")
        self.env.flush_all()
        self._assert_breached("I17", message, "secret")

    def test_i17_a_card_number_in_an_answer(self):
        attempt = self._decline()
        self._set(attempt, message="'Card 4242 4242 4242 4242 was declined'")
        self._assert_breached("I17", attempt, "card number")

    def test_i18_one_method_in_both_modes(self):
        first, second = self._collect(), self._collect()
        self._assert_holds("I18")
        self._set(
            second,
            token_id=first.token_id.id,
            response="jsonb_set(response::jsonb, '{livemode}', 'true')::text",
        )
        self._assert_breached("I18", first.token_id, "live mode")

    def test_i19_unpaid_and_shown_as_collected(self):
        move = self._collect().line_ids.move_id
        self._assert_holds("I19")
        self._set(move, payment_state="'not_paid'")
        self._assert_breached("I19", move, "not_paid")

    def test_i20_declined_without_a_reason(self):
        attempt = self._decline()
        self._assert_holds("I20")
        self._set(attempt, decline_class="NULL", decline_code="NULL")
        self._assert_breached("I20", attempt, "without a reason")

    def test_i20_open_without_a_next_step(self):
        attempt = self._wait_for_bank()
        self._set(attempt, next_check_date="NULL")
        self._assert_breached("I20", attempt, "without a next step")

    # === PROVIDERS === #

    def _check_with_provider(self):
        """Check with the provider's charges; return {code: finding}."""
        self.env.flush_all()
        with (
            patch("odoo.addons.autopay.reconciliation_case.BOOKING_MINUTES", 0),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            env = self.env(cr=cr, su=True)
            findings = env["autopay.invariant"]._check(provider_days=2)
        return {finding.code: finding for finding in findings}

    def test_i2_and_i3_are_not_called_well_without_the_provider(self):
        self._collect()
        for code in ("I2", "I3"):
            finding = self._check(code)
            self.assertEqual(finding.verdict, "partial")
            self.assertIn("not asked", finding.note)

    def test_i2_and_i3_hold_when_the_provider_agrees(self):
        self._collect()
        found = self._check_with_provider()
        self.assertEqual((found["I2"].verdict, found["I3"].verdict), ("ok", "ok"))

    def test_i3_payment_that_the_provider_does_not_know(self):
        self._collect()
        self.admin.reset()
        finding = self._check_with_provider()["I3"]
        self.assertEqual(finding.verdict, "breach")
        self.assertIn("Booked, not charged", finding.offenders[0][2])

    def test_i2_and_i3_stay_open_when_the_provider_is_down(self):
        self._collect()
        self.admin.add_fault("refuse", times=None)
        found = self._check_with_provider()
        self.assertEqual(found["I2"].verdict, "partial")
        self.assertIn("No complete answer", found["I3"].note)

    # === COMMAND === #

    def _report(self):
        """Return what the command prints, and its exit code."""
        command = find_command("autopay_check")()
        findings = self.env["autopay.invariant"].sudo()._check()
        with patch("sys.stdout", io.StringIO()) as printed:
            code = command._report(findings)
        return printed.getvalue(), code

    def test_command_names_every_invariant(self):
        self._collect()
        text, code = self._report()
        self.assertEqual(code, 0)
        lines = [line.split()[0] for line in text.splitlines() if line[:1] == "I"]
        self.assertEqual(lines, list(INVARIANTS))
        self.assertIn("20 invariants, 0 breached, 2 not fully checked", text)

    def test_command_fails_and_says_what_breaches(self):
        attempt = self._collect()
        self._set(attempt, authorization_id="NULL")
        text, code = self._report()
        self.assertEqual(code, 1)
        self.assertIn(f"autopay.attempt,{attempt.id}: no authorization", text)

    # === SCREEN === #

    def test_results_are_shown_with_what_breaches_them(self):
        attempt = self._collect()
        self._set(attempt, authorization_id="NULL")
        user = new_test_user(
            self.env,
            login="invariant_biller",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        model = self.env["autopay.invariant.result"].with_user(user)
        action = model.action_check()
        results = model.search(action["domain"])
        self.assertEqual(results.mapped("code"), list(INVARIANTS))
        breached = results.filtered(lambda result: result.verdict == "breach")
        self.assertEqual(breached.code, "I7")
        opened = breached.action_open()
        self.assertEqual(opened["res_model"], "autopay.attempt")
        self.assertEqual(opened["domain"], [("id", "in", attempt.ids)])

    def test_only_billing_users_check(self):
        user = new_test_user(self.env, login="invariant_employee")
        with self.assertRaises(AccessError):
            self.env["autopay.invariant.result"].with_user(user).action_check()
