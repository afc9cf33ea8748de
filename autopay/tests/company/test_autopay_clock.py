from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron

from ...gateways.odoo_gateway import outcome_of
from ...gateways.run_clock import RunClock
from ...models.payment_transaction import PaymentTransaction
from ..common import AutopayCommon

CRON_LOG = "odoo.addons.base.models.ir_cron"
SECONDS = 20  # that each charge takes at the slow provider


@tagged("post_install", "-at_install")
class TestAutopayClock(AutopayCommon):
    """Charges that go one by one, and a clock that runs on with each of them."""

    def setUp(self):
        super().setUp()
        self.clock = 0
        self.charges = []
        self._enrol_at_demo()
        self.startPatcher(patch.object(RunClock, "_get_age", lambda _ctx: self.clock))
        test = self

        def charge(transaction):
            test.clock += SECONDS
            test._note_charge(transaction)
            return outcome_of("done")

        self.startPatcher(patch.object(PaymentTransaction, "_autopay_charge", charge))

    def _note_charge(self, transaction):
        """Keep which invoice is charged, what its run holds and what is booked."""
        attempt = transaction.autopay_attempt_ids
        booked = attempt.run_id.attempt_ids.filtered("booked_date")
        self.charges.append(
            (attempt.line_ids.move_id.id, attempt.run_id.in_hand, len(booked))
        )

    def _create_due_invoices(self, count):
        moves = [self._create_due_invoice() for _number in range(count)]
        return self.env["account.move"].union(*moves)

    def _run_from_zero(self):
        self.clock = 0
        self._run_autopay()

    # === ONE AFTER THE OTHER === #

    def test_each_charge_is_booked_before_the_next_begins(self):
        self._create_due_invoices(2)
        self._run_from_zero()
        self.assertEqual([booked for _move, _held, booked in self.charges], [0, 1])

    def test_run_has_only_the_invoice_in_hand_that_it_charges(self):
        moves = self._create_due_invoices(2)
        self._run_from_zero()
        held = [held for _move, held, _booked in self.charges]
        self.assertEqual(held, [[move.id] for move in moves])

    # === THE END OF THE TIME === #

    def test_slow_charges_end_in_time_and_leave_the_others_as_they_were(self):
        moves = self._create_due_invoices(4)
        with patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1):
            self._run_from_zero()
        done, rest = moves[:2], moves[2:]
        self.assertEqual(set(done.mapped("autopay_status")), {"success"})
        self.assertEqual(set(rest.mapped("autopay_status")), {"eligible"})
        self.assertFalse(rest.autopay_attempt_ids)
        self.assertEqual(set(rest.mapped("autopay_crash_count")), {0})
        self.assertEqual(self._get_last_run().resume_ids, rest.ids)

    def test_invoices_that_had_no_turn_are_charged_by_the_next_run_in_order(self):
        moves = self._create_due_invoices(4)
        with patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1):
            for _run in range(2):
                self._run_from_zero()
        self.assertEqual([move_id for move_id, *_rest in self.charges], moves.ids)
        self.assertEqual(set(moves.mapped("autopay_status")), {"success"})

    def test_other_invoices_of_the_batch_are_charged_all_the_same(self):
        slow = self._create_due_invoices(3)
        customer = self._create_customer("Blue Harbour")
        self._enrol(customer=customer)
        quick = self._create_due_invoice(customer=customer)
        with patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1):
            self._run_from_zero()
        self.assertEqual(quick.autopay_status, "success")
        self.assertEqual(slow[2].autopay_status, "eligible")

    @mute_logger(CRON_LOG)
    def test_job_whose_time_is_up_leaves_the_rest_to_another_job(self):
        move = self._create_due_invoices(1)
        cron = self.env.ref("autopay.ir_cron_charge_due_invoices")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        with patch.object(ir_cron, "MIN_TIME_PER_JOB", 0):
            self._run_from_zero()
        self.assertFalse(self.charges)
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self._run_from_zero()
        self.assertEqual(move.autopay_status, "success")

    # === CHARGE NOW === #

    def _charge_by_wizard(self, moves):
        wizard = self.env["autopay.charge.now"].create({"move_ids": moves.ids})
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            wizard.with_env(self.env(cr=cr)).action_charge()
        self.env.invalidate_all()
        return wizard

    def test_charge_now_ends_in_time_and_tells_whose_turn_did_not_come(self):
        moves = self._create_due_invoices(4)
        lines = self._charge_by_wizard(moves)._get_lines()
        self.assertEqual(lines.mapped("outcome"), ["charged"] * 3 + ["skipped"])
        self.assertIn("The time was up", lines[3].explanation)
        self.assertEqual(moves[3].autopay_status, "eligible")
        self.assertFalse(moves[3].autopay_attempt_ids)

    def _charge_in_two_companies(self, seconds):
        """Charge now in two companies; return when the clock of each run began.

        :param int seconds: what each run takes
        """
        moves = self._create_due_invoices(1)
        other = self._create_company(name="Other", autopay_enabled=True)
        moves |= moves.create({"move_type": "out_invoice", "company_id": other.id})
        started = []

        def note(_engine, _company, _move_ids, ctx):
            started.append(ctx.clock.started)
            self.clock += seconds

        with patch.object(type(self.env["autopay.engine"]), "_run", note):
            self._charge_now(moves)
        return started

    def test_charge_now_has_one_clock_for_all_companies(self):
        first, second = self._charge_in_two_companies(seconds=10)
        self.assertEqual(first, second)

    def test_charge_now_begins_with_no_other_company_when_the_time_is_up(self):
        self.assertEqual(len(self._charge_in_two_companies(seconds=60)), 1)
