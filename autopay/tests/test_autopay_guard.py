from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.autopay_booking import AutopayBooking
from .common_guard import GuardCommon

STAGE_LOG = "odoo.addons.autopay.models.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayGuard(GuardCommon):
    def _refuse(self, pattern="has been collecting"):
        """Expect a refusal that says what goes on."""
        return self.assertRaisesRegex(UserError, pattern)

    # === WORDS === #

    def test_refusal_says_since_when_and_what_to_do(self):
        advice = {
            "prepared": "press Withdraw on the attempt",
            "action_required": "press Withdraw on the attempt",
            "unknown": "press Ask the Provider Now on the attempt",
            "pending": "wait for its answer",
        }
        for state, words in advice.items():
            invoice, attempt = self._leave(state)
            with self.subTest(state=state), self._refuse() as caught:
                invoice.button_draft()
            sentence = str(caught.exception)
            self.assertIn(words, sentence)
            self.assertIn(attempt.name, sentence)
            self.assertIn(invoice.name, sentence)
            self.assertIn(str(attempt.reserved_date.year), sentence)

    # === STAFF AND THE INVOICE === #

    def test_invoice_under_collection_keeps_its_state(self):
        invoice, _attempt = self._leave()
        moves = invoice.with_user(self.billing)
        acts = {
            "draft": moves.button_draft,
            "cancel": moves.button_cancel,
            "write": lambda: moves.write({"state": "draft"}),
            "delete": lambda: moves.with_context(force_delete=True).unlink(),
        }
        for name, act in acts.items():
            with self.subTest(act=name), self._refuse():
                act()
        self.assertEqual(invoice.state, "posted")

    def test_invoice_under_collection_keeps_customer_and_amount(self):
        invoice, _attempt = self._leave()
        other = self._create_customer("Blue River Mill")
        moves = invoice.with_user(self.billing).with_context(skip_readonly_check=True)
        line = moves.invoice_line_ids
        acts = {
            "customer": lambda: moves.write({"partner_id": other.id}),
            "lines": lambda: moves.write(
                {"invoice_line_ids": [Command.update(line.id, {"price_unit": 1})]}
            ),
            "price": lambda: line.write({"price_unit": 1}),
            "quantity": lambda: line.write({"quantity": 9}),
        }
        for name, act in acts.items():
            with self.subTest(act=name), self._refuse():
                act()
        self.assertEqual(invoice.amount_total, 100)

    def test_words_of_an_invoice_may_still_be_corrected(self):
        invoice, _attempt = self._leave()
        invoice.with_user(self.billing).ref = "PO 17"
        self.assertEqual(invoice.ref, "PO 17")

    def test_credit_note_is_refused_while_money_is_on_its_way(self):
        invoice, _attempt = self._leave()
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.billing)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        for name in ("refund_moves", "modify_moves"):
            with self.subTest(button=name), self._refuse():
                getattr(wizard, name)()

    def test_credit_note_made_before_is_not_posted_meanwhile(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        note = invoice._reverse_moves()
        self._run_autopay()
        with self._refuse():
            note.action_post()
        self.assertEqual(invoice.amount_residual, 100)

    def test_after_the_end_everything_is_allowed_again(self):
        invoice, attempt = self._leave("action_required")
        self._press("action_withdraw", attempt, self.billing)
        self.assertEqual(attempt.state, "declined")
        invoice.with_user(self.billing).button_draft()
        self.assertEqual(invoice.state, "draft")

    def test_waiting_invoice_is_not_taken_off_autopay(self):
        invoice, _attempt = self._leave("action_required")
        moves = invoice.with_user(self.billing)
        with self._refuse():
            moves.action_autopay_remove()
        with self._refuse():
            moves.write({"autopay_status": False})
        moves.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_status, "error")

    # === STAFF AND PAYMENTS === #

    def _register(self, invoice, env=None, **values):
        """Return the wizard *Register Payment*, as a billing user fills it in."""
        env = env or self.env(user=self.billing, su=False)
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        return env["account.payment.register"].with_context(**context).create(values)

    def _get_card_values(self, token):
        """Return what *Register Payment* needs to charge a saved method."""
        line = self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider
        )
        return {
            "journal_id": line.journal_id.id,
            "payment_method_line_id": line.id,
            "payment_token_id": token.id,
        }

    def test_saved_card_is_not_charged_by_register_payment(self):
        invoice, attempt = self._leave()
        wizard = self._register(invoice, **self._get_card_values(attempt.token_id))
        with self._refuse():
            wizard.action_create_payments()
        with self._refuse():
            wizard.with_context(active_ids=[]).action_create_payments()

    def test_payment_with_saved_card_is_not_posted_for_the_invoice(self):
        invoice, attempt = self._leave()
        payment = self.env["account.payment"].create(
            {
                "amount": 100,
                "partner_id": self.customer.id,
                "payment_type": "inbound",
                "invoice_ids": [Command.set(invoice.ids)],
                **self._get_card_values(attempt.token_id),
            }
        )
        with self._refuse():
            payment.with_user(self.billing).action_post()
        self.assertFalse(payment.payment_transaction_id)

    def test_payment_from_elsewhere_is_booked_and_the_attempt_withdrawn(self):
        engine = type(self.env["autopay.engine"])
        gate = engine._gate
        self._enrol()
        invoice = self._create_due_invoice()

        def pay_before_gate(engine, ctx, attempts):
            if attempts:
                self._register(invoice, engine.env).action_create_payments()
            return gate(engine, ctx, attempts)

        with patch.object(engine, "_gate", pay_before_gate):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "canceled")
        self.assertFalse(attempt.line_ids.live)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self._get_charges(invoice), [])
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")

    def test_payment_from_elsewhere_may_be_registered_at_any_time(self):
        for state in ("pending", "unknown", "action_required", "prepared"):
            invoice, _attempt = self._leave(state)
            with self.subTest(state=state):
                self._register(invoice).action_create_payments()
                self.assertEqual(invoice.amount_residual, 0)

    def test_payment_link_is_refused_but_the_invoice_can_be_printed(self):
        invoice, _attempt = self._leave()
        wizards = self.env["payment.link.wizard"].with_user(self.billing)
        context = {"active_model": "account.move", "active_id": invoice.id}
        with self._refuse():
            Form(wizards.with_context(**context))
        with self._refuse():
            wizards.create(
                {"res_model": "account.move", "res_id": invoice.id, "amount": 1}
            )
        self.assertIn(invoice.get_portal_url(), invoice._get_portal_payment_link())

    def test_nobody_makes_a_second_transaction(self):
        invoice, attempt = self._leave()
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": self.card_method.id,
            "amount": 100,
            "currency_id": invoice.currency_id.id,
            "partner_id": self.customer.id,
        }
        transactions = self.env["payment.transaction"]
        for commands in ([Command.set(invoice.ids)], [Command.link(invoice.id)]):
            with self._refuse(), self.env.cr.savepoint():
                transactions.create({**values, "invoice_ids": commands})
        loose = transactions.create(values)
        with self._refuse(), self.env.cr.savepoint():
            loose.invoice_ids = invoice
        self.env.invalidate_all()
        self.assertEqual(attempt.transaction_id, invoice.transaction_ids)

    def test_reservation_loses_against_a_payment_begun_before(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 100,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_blocker, "payment_pending")

    def test_payment_begun_and_forgotten_does_not_block_for_long(self):
        self._enrol()
        invoice = self._create_due_invoice()
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 100,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = now() at time zone 'UTC' "
            "- interval '31 minutes' WHERE id = %s",
            [transaction.id],
        )
        self.env.invalidate_all()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    @mute_logger("odoo.sql_db")
    def test_database_is_the_last_line_of_defence(self):
        _invoice, attempt = self._leave()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            attempt.line_ids.sudo().copy({"attempt_id": attempt.id})
            self.env.flush_all()

    # === WITHDRAWING === #

    def test_what_a_dead_run_left_behind_can_be_withdrawn(self):
        invoice, attempt = self._leave_prepared(alive=False)
        self._press("action_withdraw", attempt, self.billing)
        self.assertEqual(attempt.state, "canceled")
        self.assertEqual(invoice.autopay_status, "eligible")
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")

    def test_what_a_run_or_the_bank_has_in_hand_cannot_be_withdrawn(self):
        for state in ("prepared", "pending", "unknown"):
            _invoice, attempt = self._leave(state)
            with self.subTest(state=state):
                with self._refuse("Nothing can be withdrawn here"):
                    self._press("action_withdraw", attempt, self.billing)
                self.assertEqual(attempt.state, state)

    # === METHOD, CONSENT, PROVIDER AND CUSTOMER === #

    def _take_away(self, what, attempt):
        acts = {
            "method": lambda: attempt.token_id.write({"active": False}),
            "consent": lambda: attempt.authorization_id.with_user(
                self.billing
            ).action_revoke(),
            "provider": lambda: self.provider.write({"state": "disabled"}),
            "customer": lambda: self.customer.write({"active": False}),
        }
        acts[what]()

    def test_what_waits_is_withdrawn_when_its_ground_is_taken_away(self):
        for what in ("method", "consent", "customer", "provider"):
            invoice, attempt = self._leave("action_required")
            with self.subTest(what=what):
                self._take_away(what, attempt)
                self._resolve_autopay()
                self.assertEqual(attempt.state, "declined")
                self.assertFalse(attempt.line_ids.live)
                intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
                self.assertEqual(intent.status, "canceled")
                self.customer.active = True
                self.assertEqual(self._get_charges(invoice), [])

    def test_what_is_at_the_bank_goes_on_and_staff_are_told(self):
        for what in ("method", "consent", "customer", "provider"):
            invoice, attempt = self._leave()
            with self.subTest(what=what):
                self._take_away(what, attempt)
                self.assertIn(
                    "can no longer be withdrawn", attempt.message_ids[:1].body
                )
                self.admin.settle(attempt.object_ref)
                self._resolve_autopay()
                self.assertEqual(attempt.state, "succeeded")
                self.assertEqual(invoice.amount_residual, 0)
            self.customer.active = True
            self.provider.state = "test"

    def test_gate_withdraws_what_lost_its_ground_a_moment_ago(self):
        engine = type(self.env["autopay.engine"])
        gate = engine._gate
        for what in ("method", "consent", "customer", "provider"):
            self._enrol()
            invoice = self._create_due_invoice()

            def take_away_before_gate(engine, ctx, attempts, what=what):
                if attempts:
                    self._take_away(what, attempts.with_env(self.env))
                    self.env.flush_all()
                return gate(engine, ctx, attempts)

            with self.subTest(what=what):
                with patch.object(engine, "_gate", take_away_before_gate):
                    self._run_autopay()
                attempt = invoice.autopay_attempt_ids
                self.assertEqual(attempt.state, "canceled")
                self.assertEqual(self._get_charges(invoice), [])
            invoice.sudo().autopay_status = False
            self.customer.active = True
            self.provider.state = "test"

    def test_disabled_provider_in_live_mode_can_still_be_asked(self):
        self.provider.stripe_secret_key = "rk_live_autopay"
        self.provider.state = "enabled"
        self.provider.state = "disabled"
        self.assertTrue(self.provider._get_autopay_credentials().livemode)

    def test_key_of_the_wrong_mode_is_refused_as_long_as_the_provider_is_on(self):
        self.provider.stripe_secret_key = "sk_live_autopay"
        with self.assertRaisesRegex(ValueError, "wrong_mode"):
            self.provider._get_autopay_credentials()

    def test_switching_off_a_provider_warns_of_open_charges(self):
        self._leave()
        form = Form(self.provider)
        with self.assertLogs("odoo.tests.form", "WARNING") as logs:
            form.state = "disabled"
        self.assertIn("1 charges through this provider are under way", logs.output[-1])

    def test_charged_method_is_archived_not_deleted(self):
        _invoice, attempt = self._leave()
        with self._refuse("archive it instead"):
            attempt.token_id.unlink()

    # === ODOO'S OWN AUTOMATISMS === #

    @mute_logger(STAGE_LOG)
    def test_sweep_leaves_charges_alone_that_are_not_booked(self):
        def fail(booking, attempt):
            raise ValueError("the period is closed")

        self._enrol()
        invoice = self._create_due_invoice()
        with patch.object(AutopayBooking, "_prepare_payment_vals", fail):
            self._run_autopay()
        transaction = invoice.transaction_ids.sudo()
        transaction.is_post_processed = False
        with patch.object(self.env.cr, "commit", lambda: None):
            transaction._cron_post_process()
        self.assertFalse(transaction.payment_id)
        self.assertEqual(invoice.amount_residual, 100)
        self.assertFalse(invoice._has_to_be_paid())

    def test_confirmed_payment_of_another_invoice_posts_no_draft_of_ours(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        draft = self._create_posted_invoice()
        draft.button_draft()
        attempt.transaction_id.sudo().write({"invoice_ids": draft})
        other = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 5,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "state": "done",
            }
        )
        (attempt.transaction_id | other).sudo()._post_process()
        self.assertEqual(draft.state, "draft")

    def test_invoice_is_not_offered_for_payment_until_a_success_is_booked(self):
        invoice = self._create_posted_invoice()
        self.assertTrue(invoice._has_to_be_paid())
        self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 1,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "invoice_ids": [Command.set(invoice.ids)],
                "state": "done",
            }
        )
        self.assertFalse(invoice._has_to_be_paid())

    def test_nobody_but_the_engine_moves_its_transaction(self):
        _invoice, attempt = self._leave()
        transaction = attempt.transaction_id.sudo()
        with mute_logger("odoo.addons.autopay.models.autopay_transaction_guard"):
            transaction._set_done()
            transaction._set_canceled()
            transaction._set_error("no")
        self.assertEqual((transaction.state, attempt.state), ("pending", "pending"))
        with self.assertRaises(AccessError):
            transaction.with_user(self.billing).sudo(False).write({"state": "done"})
