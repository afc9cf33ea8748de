from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...gateways.fault_log import FaultLog, get_signature
from ...models.attempt.autopay_attempt_state import AutopayAttemptState
from ...models.engine.autopay_reservation import AutopayReservation
from ...models.notification.autopay_notification import AutopayNotification
from ..common import AutopayCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayCommonFault(AutopayCommon):
    """A fault that strikes every invoice alike sets none of them aside."""

    def setUp(self):
        super().setUp()
        self.invoices = self.env["account.move"]
        for number in range(4):
            customer = self._create_customer(f"Mill {number}")
            self._enrol(customer=customer)
            self.invoices |= self._create_due_invoice(100 + number, customer)
        self.sequence = self.env["ir.sequence"].search(
            [("code", "=", "autopay.attempt")]
        )

    def _get_alarms(self):
        runs = self.env["autopay.run"].search([("company_id", "=", self.company.id)])
        return runs.activity_ids

    def _refuse(self, moves, reason="No cost centre."):
        """Refuse to reserve invoices, as a constraint of another module may do."""
        original = AutopayReservation._prepare_line_vals

        def refuse(engine, decision, run):
            if decision.move.id in moves.ids:
                raise UserError(reason)
            return original(engine, decision, run)

        patcher = patch.object(AutopayReservation, "_prepare_line_vals", refuse)
        patcher.start()
        self.addCleanup(patcher.stop)
        return patcher

    # === COMMON === #

    @mute_logger(STAGE_LOG)
    @fault(88)
    def test_archived_sequence_ends_the_run_with_one_alarm_and_sets_nothing_aside(self):
        self.sequence.active = False
        for _run in range(3):
            self._run_autopay()
        self.assertFalse(self._get_charges(self.invoices))
        self.assertEqual(set(self.invoices.mapped("autopay_crash_count")), {0})
        self.assertEqual(set(self.invoices.mapped("autopay_blocker")), {False})
        alarms = self._get_alarms()
        self.assertEqual(len(alarms), 1)
        self.assertIn("every invoice fails alike", alarms.summary)
        self.assertFalse(self.invoices.activity_ids)
        self.sequence.active = True
        self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})

    @mute_logger(STAGE_LOG)
    def test_archived_sequence_of_runs_stops_nothing(self):
        self.env["ir.sequence"].search([("code", "=", "autopay.run")]).active = False
        self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})

    @mute_logger(STAGE_LOG)
    @fault(88)
    def test_constraint_of_another_module_strikes_all(self):
        self._refuse(self.invoices)
        for _run in range(2):
            self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_crash_count")), {0})
        self.assertIn("No cost centre.", self._get_alarms().note)

    @mute_logger(STAGE_LOG)
    def test_only_a_few_of_many_are_tried(self):
        tried = []
        original = type(self.env["autopay.engine"])._take

        def count(engine, run, decisions, ctx):
            tried.extend(decision.move.id for decision in decisions)
            return original(engine, run, decisions, ctx)

        for number in range(20):
            self.invoices |= self._create_due_invoice(
                10 + number, self.invoices[number % 4].partner_id
            )
        self.sequence.active = False
        with patch.object(type(self.env["autopay.engine"]), "_take", count):
            self._run_autopay()
        self.assertLess(len(set(tried)), 8)
        self.assertEqual(set(self.invoices.mapped("autopay_crash_count")), {0})

    @mute_logger(STAGE_LOG)
    def test_run_that_ends_early_is_not_called_again_at_once(self):
        done = []
        cron = type(self.env["ir.cron"])
        original = cron._commit_progress

        def note(model, processed=0, **kwargs):
            done.append(processed)
            return original(model, processed, **kwargs)

        self.sequence.active = False
        with patch.object(cron, "_commit_progress", note):
            self._run_autopay()
        self.assertEqual(sum(done), len(self.invoices))

    @mute_logger(STAGE_LOG)
    def test_fault_at_the_gate_ends_the_run_and_takes_no_money(self):
        with patch.object(
            AutopayAttemptState, "_set_charging", side_effect=UserError("No.")
        ):
            self._run_autopay()
        self.assertFalse(self._get_charges(self.invoices))
        self.assertIn("every invoice fails alike", self._get_alarms().summary)
        self._resolve_autopay()
        self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})

    @mute_logger(STAGE_LOG)
    @fault(89)
    def test_charge_that_cannot_be_recorded_stops_its_provider(self):
        with patch.object(
            AutopayAttemptState, "_process_each", side_effect=UserError("No.")
        ):
            self._run_autopay()
        self.assertEqual(len(self.invoices.filtered(self._get_charges)), 1)
        self.assertIn("could not be saved", self._get_last_run().stopped_text)
        self._resolve_autopay()
        self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})
        self.assertEqual(len(self.invoices.autopay_attempt_ids), 4)

    @mute_logger(STAGE_LOG)
    def test_message_that_cannot_be_written_stops_no_charge(self):
        with patch.object(
            AutopayNotification, "_get_chatter_body", side_effect=UserError
        ):
            self._run_autopay()
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"success"})

    # === POISON === #

    @mute_logger(STAGE_LOG)
    @fault(88)
    def test_several_bad_invoices_are_set_aside_where_others_work(self):
        # Two of four: three are drawn by lot, and one of them works.
        bad = self.invoices[:2]
        self._refuse(bad)
        for number in range(2):
            self._run_autopay()
            good = self._create_due_invoice(10 + number, self.invoices[3].partner_id)
        self.assertEqual(self.invoices[3].autopay_status, "success")
        self.assertEqual(set(bad.mapped("autopay_crash_count")), {2})
        self.assertEqual(set(bad.mapped("autopay_blocker")), {"set_aside"})
        self._run_autopay()
        self.assertEqual(good.autopay_status, "success")
        self.assertEqual(set(bad.mapped("autopay_crash_count")), {2})

    @mute_logger(STAGE_LOG)
    @fault(88)
    def test_what_was_set_aside_comes_back_when_the_fault_is_mended(self):
        bad = self.invoices[:2]
        patcher = self._refuse(bad)
        self._run_autopay()
        # One due invoice alone cannot show that others fail alike.
        others = self.invoices - bad[0]
        others.autopay_status = False
        self._run_autopay()
        self.assertEqual(bad[0].autopay_blocker, "set_aside")
        self.assertTrue(bad[0].activity_ids)
        patcher.stop()
        self._run_autopay()
        self.assertEqual(bad[0].autopay_status, "success")
        self.assertFalse(bad[0].activity_ids)

    def test_what_killed_a_process_is_not_tried_out(self):
        self.env["autopay.crash"]._count(self.invoices[0])
        self.env["autopay.crash"]._count(self.invoices[0])
        self._run_autopay()
        self.assertEqual(self.invoices[0].autopay_blocker, "set_aside")
        self.assertEqual(set(self.invoices[1:].mapped("autopay_status")), {"success"})

    # === THE LOG === #

    def test_signature_is_type_and_place(self):
        def fail(text):
            try:
                raise UserError(text)
            except UserError as error:
                return get_signature(error)

        self.assertEqual(fail("INV/1"), fail("INV/2"))
        self.assertIn("UserError", fail("INV/1"))

    def test_different_faults_are_not_common(self):
        log = FaultLog()
        log.add("_reserve", self.invoices[0], UserError("a"))
        self.assertIsNone(log.get_common())
        log.add("_reserve", self.invoices[0], UserError("a"))
        self.assertIsNone(log.get_common())
        log.add("_reserve", self.invoices[1], UserError("b"))
        self.assertTrue(log.get_common())
        log.add("_reserve", self.invoices[2], ZeroDivisionError())
        self.assertIsNone(log.get_common())
