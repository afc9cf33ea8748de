from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.decision.autopay_decision import AutopayDecision
from ...models.engine.autopay_run import AutopayRun
from ...models.guard.autopay_move_guard import AutopayMoveGuard
from ..common_faults import FaultCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


def _get_token(move):
    return move._get_autopay_tokens()[move.id]


@tagged("post_install", "-at_install")
class TestFaultMatrixReserve(FaultCommon):
    """Faults before anything is sent."""

    def _act_between_selection_and_reservation(self, act):
        self._run_with(AutopayRun, "_take_in_hand", act)

    @fault(6)
    @fault(11)
    @fault(12)
    def test_what_changes_between_selection_and_reservation_is_seen(self):
        acts = {
            "customer_off": lambda move: move.partner_id.write(
                {"autopay_policy": "off"}
            ),
            "in_dispute": lambda move: move.write({"autopay_in_dispute": True}),
            "method_paused": lambda move: _get_token(move)._pause_autopay("x"),
            "method_archived": lambda move: _get_token(move).write({"active": False}),
            "nothing_due": self._register_payment,
        }
        for blocker, act in acts.items():
            customer = self._create_customer(blocker)
            self._enrol(customer=customer)
            invoice = self._create_due_invoice(customer=customer)

            def act_once(run, move_ids, act=act, invoice=invoice):
                act(run.env["account.move"].browse(invoice.id))

            with self.subTest(blocker=blocker):
                self._act_between_selection_and_reservation(act_once)
                self.assertEqual(self._get_last_run().skipped, {blocker: 1})
                self._assert_untouched(invoice)
            invoice.autopay_status = False

    def _register_payment(self, move):
        move.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({}).action_create_payments()

    @mute_logger(STAGE_LOG, "odoo.sql_db")
    @fault(10)
    def test_second_reservation_that_only_postgres_sees_is_no_trouble_to_anybody(self):
        invoice = self._create_due_invoice()
        self._enrol("pm_usBankAccount_success")
        self._run_autopay()
        attempt = self._get_attempt(invoice)
        invoice.sudo().autopay_status = "eligible"
        with (
            patch.object(AutopayDecision, "_get_live_attempts", lambda *_args: {}),
            patch.object(AutopayMoveGuard, "_check_autopay_free", lambda moves: None),
        ):
            self._run_autopay()

        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertEqual(attempt.line_ids, self._find_live_lines(invoice))
        self.assertFalse(invoice.autopay_crash_count)
        self.assertFalse(invoice.activity_ids | attempt.activity_ids)

    def _find_live_lines(self, invoice):
        return self.env["autopay.attempt.line"].search(
            [("move_id", "=", invoice.id), ("live", "=", True)]
        )

    @fault(13)
    @fault(14)
    def test_amount_that_cannot_be_charged_is_never_sent(self):
        dinar = self.env.ref("base.KWD")
        dinar.active = True
        self.admin.clear_requests()
        cases = {
            "below the minimum": (0.49, {}),
            "nothing": (0, {}),
            "a third decimal": (10.555, {"currency_id": dinar.id}),
        }
        for name, (amount, values) in cases.items():
            with self.subTest(name):
                invoice = self._create_due_invoice(amount, **values)
                self._run_autopay()
                self.assertFalse(invoice.autopay_attempt_ids)
                self.assertTrue(invoice.autopay_blocker)
        self.assertEqual(self.admin.requests(), [])

    @fault(14)
    def test_invoice_below_zero_is_never_posted_and_so_never_charged(self):
        with self.assertRaises(UserError):
            self._create_due_invoice(-10)
        self._run_autopay()
        self.assertEqual(self._get_totals(), {})

    @fault(23)
    def test_invoice_changed_past_every_guard_before_the_gate_is_withdrawn(self):
        changes = {
            "cancelled": "state = 'cancel'",
            "reset to draft": "state = 'draft'",
            "credited in part": "amount_residual = 40",
        }
        engine = type(self.env["autopay.engine"])
        for name, change in changes.items():
            invoice = self._create_due_invoice()

            def force(stage, ctx, attempts, change=change, invoice=invoice):
                stage.env.flush_all()
                stage.env.cr.execute(
                    f"UPDATE account_move SET {change} WHERE id = %s", [invoice.id]
                )
                stage.env.invalidate_all()

            with self.subTest(name):
                self._run_with(engine, "_gate", force)
                attempt = self._get_attempt(invoice)
                self.assertEqual(attempt.state, "canceled")
                self._assert_untouched(invoice)
                intents = self._get_intents(invoice)
                self.assertEqual([intent.status for intent in intents], ["canceled"])
            invoice.sudo().autopay_status = False
