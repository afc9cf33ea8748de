from datetime import timedelta

from odoo.tests import tagged

from .common_invariant import LONG_AGO, InvariantCommon


@tagged("post_install", "-at_install")
class TestAutopayInvariantConduct(InvariantCommon):
    """The invariants about limits, people and secrets, breached on purpose."""

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
        self._assert_breached("I14", first.run_id, "2 charges")

    def test_i21_charged_beside_open_credit(self):
        attempt = self._collect()
        note = self.init_invoice("out_refund", self.customer, self.today, amounts=[30])
        note.action_post()
        self._set(attempt, charging_date=LONG_AGO)
        self._assert_holds("I21")
        self._set(attempt, charging_date="now() + interval '1 day'")
        self._assert_breached("I21", self.customer, note.name)

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
        words = f"The key is {key}."
        message = attempt.sudo().message_post(body=words)
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

    def test_i19_refund_whose_payment_was_canceled(self):
        attempt = self._collect()
        self.stripe.v1.refunds.create({"payment_intent": attempt.object_ref})
        self._resolve_autopay()
        reversal = attempt.reversal_ids
        self.assertEqual(reversal.state, "booked")
        self._assert_holds("I19")
        self._set(reversal.payment_ids, amount="amount - 0.01")
        self._assert_breached("I19", reversal, "of 99.99")
        self._set(reversal.payment_ids, amount="amount + 0.01")
        reversal.payment_ids.action_draft()
        reversal.payment_ids.action_cancel()
        self._assert_breached("I19", reversal, "canceled")

    def test_i19_refunds_and_disputes_that_nobody_reads(self):
        attempt = self._collect()
        self._resolve_autopay()
        self._set(attempt, charging_date="now() - interval '60 d'")
        self._assert_holds("I19")
        poll = self.env["autopay.reversal.poll"].sudo()._get(self.provider)
        self._set(poll, complete_date="now() - interval '30 d'")
        self._assert_breached("I19", poll, "unread since")
        self._set(poll, complete_date="NULL")
        self._assert_breached("I19", poll, "unread since")
        poll.unlink()
        self._assert_breached("I19", attempt, "unread since")

    def test_i19_nobody_misses_a_provider_given_up_long_ago(self):
        attempt = self._collect()
        self._set(attempt, charging_date="now() - interval '200 d'")
        self._assert_breached("I19", attempt, "unread since")
        self._set(self.provider, state="'disabled'")
        self._assert_holds("I19")

    def test_i19_a_copy_of_a_database_reads_nothing(self):
        attempt = self._collect()
        self._set(attempt, charging_date="now() - interval '60 d'")
        self._assert_breached("I19", attempt, "unread since")
        params = self.env["ir.config_parameter"].sudo()
        params.set_param("database.is_neutralized", "True")
        self._assert_holds("I19")
        params.set_param("database.is_neutralized", False)
        self._set(self.company, autopay_database_uuid="'another'")
        self._assert_holds("I19")
