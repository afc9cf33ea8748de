from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...models.engine.autopay_booking import AutopayBooking
from ..common_guard import GuardCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayGuardGround(GuardCommon):
    """The grounds of a charge are taken away, by people or by Odoo itself."""

    # === WITHDRAWING === #

    def test_what_a_dead_run_left_behind_can_be_withdrawn(self):
        invoice, attempt = self._leave_prepared(alive=False)
        self._press("action_withdraw", attempt, self.billing)
        self.assertEqual(attempt.state, "canceled")
        self.assertEqual(invoice.autopay_status, "eligible")
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")

    @fault(81)
    def test_what_a_run_or_the_bank_has_in_hand_cannot_be_withdrawn(self):
        for state in ("prepared", "pending", "unknown"):
            _invoice, attempt = self._leave(state)
            with self.subTest(state=state):
                with self._assert_refused("Nothing can be withdrawn here"):
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

    @fault(24)
    @fault(25)
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

    def test_date_that_is_moved_while_the_charge_is_prepared_counts(self):
        self._enrol()
        invoice = self._create_due_invoice()
        engine = type(self.env["autopay.engine"])
        gate = engine._gate
        later = fields.Date.add(self.today, days=30)

        def move_before_gate(engine, ctx, attempts):
            attempts.with_env(self.env).move_ids.autopay_date = later
            self.env.flush_all()
            return gate(engine, ctx, attempts)

        with patch.object(engine, "_gate", move_before_gate):
            self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.state, "canceled")
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(
            (invoice.autopay_status, invoice.autopay_date), ("eligible", later)
        )

    def test_disabled_provider_in_live_mode_can_still_be_asked(self):
        self.provider.stripe_secret_key = "rk_live_autopay"
        self.provider.state = "enabled"
        self.provider.state = "disabled"
        self.assertTrue(self.provider._get_autopay_credentials().livemode)

    def test_key_of_the_wrong_mode_is_refused_as_long_as_the_provider_is_on(self):
        self.provider.stripe_secret_key = "sk_live_autopay"
        with self.assertRaisesRegex(ValueError, "wrong_mode"):
            self.provider._get_autopay_gateway()

    def test_switching_off_a_provider_warns_of_open_charges(self):
        self._leave()
        form = Form(self.provider)
        with self.assertLogs("odoo.tests.form", "WARNING") as logs:
            form.state = "disabled"
        self.assertIn("Charges under way through this provider: 1.", logs.output[-1])

    def test_charged_method_is_archived_not_deleted(self):
        _invoice, attempt = self._leave()
        with self._assert_refused("archive it instead"):
            attempt.token_id.unlink()

    # === ODOO'S OWN AUTOMATISMS === #

    @mute_logger(STAGE_LOG)
    @fault(55)
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
                "amount": 100,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "invoice_ids": [Command.set(invoice.ids)],
                "state": "done",
            }
        )
        self.assertFalse(invoice._has_to_be_paid())

    @fault(80)
    def test_nobody_but_the_engine_moves_its_transaction(self):
        _invoice, attempt = self._leave()
        transaction = attempt.transaction_id.sudo()
        with mute_logger("odoo.addons.autopay.models.guard.autopay_transaction_guard"):
            transaction._set_done()
            transaction._set_canceled()
            transaction._set_error("no")
        self.assertEqual((transaction.state, attempt.state), ("pending", "pending"))
        with self.assertRaises(AccessError):
            transaction.with_user(self.billing).sudo(False).write({"state": "done"})
