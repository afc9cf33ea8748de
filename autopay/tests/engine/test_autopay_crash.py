from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval
from odoo.tools.translate import code_translations

from ... import const
from ...models.engine.autopay_booking import AutopayBooking
from ...models.engine.autopay_crash import AutopayCrash
from ...models.notification.autopay_notification import AutopayNotification
from ..common import AutopayCommon

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"
REFUSAL = "The invoice is under legal hold."


@tagged("post_install", "-at_install")
class TestAutopayCrash(AutopayCommon):
    """A fault on one invoice stands in the way of no other."""

    def setUp(self):
        super().setUp()
        self._enrol()
        moves = [self._create_due_invoice() for _number in range(3)]
        self.first, self.bad, self.last = moves
        self.others = self.first | self.last

    def _refuse_to_write(self, invoice):
        """Refuse every change of an invoice, as a module for legal holds may do."""
        moves_class = type(self.env["account.move"])
        original = moves_class.write

        def refuse(moves, vals):
            if invoice.id in moves.ids:
                raise UserError(REFUSAL)
            return original(moves, vals)

        self.startPatcher(patch.object(moves_class, "write", refuse))

    def _leave_dead_run(self, *moves):
        """Create a run whose process died with these invoices in its hands."""
        return (
            self.env["autopay.run"]
            .sudo()
            .create(
                {
                    "name": "APR",
                    "company_id": self.company.id,
                    "trigger": "scheduled",
                    "in_hand": [move.id for move in moves],
                }
            )
        )

    # === RUNS THAT FAIL === #

    @mute_logger(STAGE_LOG)
    def test_invoice_that_cannot_be_written_stops_no_other(self):
        self._refuse_to_write(self.bad)
        self._run_autopay()
        self.assertEqual(set(self.others.mapped("autopay_status")), {"success"})
        self.assertEqual(self.bad.autopay_crash_count, 1)

    def test_alarm_is_one_and_is_closed_in_whatever_language_people_work(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        words = {"Autopay has set this invoice aside": "Autopay a mis de côté"}
        french = {("autopay", "fr_FR"): words}
        with patch.dict(code_translations.python_translations, french):
            french_bad = self.bad.with_context(lang="fr_FR")
            for first, second, words in (
                (self.bad, french_bad, "set this invoice aside"),
                (french_bad, self.bad, "mis de côté"),
            ):
                for _crash in range(const.engine.CRASHES_BEFORE_SET_ASIDE):
                    self.env["autopay.crash"]._count(self.bad)
                for bad in (first, second):
                    bad.env["autopay.notification"]._alert_set_aside(bad)
                self.assertEqual(len(self.bad.activity_ids), 1)
                self.assertIn(words, self.bad.activity_ids.summary)
                second.action_autopay_make_eligible()
                self.assertFalse(self.bad.activity_ids)

    @mute_logger(STAGE_LOG)
    def test_invoice_that_cannot_be_written_is_set_aside_after_two_crashes(self):
        self._refuse_to_write(self.bad)
        for _run in range(3):
            self._run_autopay()
        self.assertEqual(self.bad.autopay_crash_count, 2)
        self.assertEqual(self.bad.autopay_blocker, "set_aside")
        self.assertIn("set this invoice aside", self.bad.activity_ids.summary)
        self.assertFalse(self.bad.autopay_attempt_ids)

    def test_what_was_set_aside_is_taken_up_by_the_button_that_its_words_name(self):
        for _crash in range(const.engine.CRASHES_BEFORE_SET_ASIDE):
            self.env["autopay.crash"]._count(self.bad)
        self.env["autopay.notification"]._alert_set_aside(self.bad)
        self.assertTrue(self.bad.activity_ids)
        self.assertEqual(self.bad.autopay_blocker, "set_aside")
        self.assertIn("Press Retry", self.bad.autopay_explanation)
        arch = etree.fromstring(self.bad.get_view(view_type="form")["arch"])
        [button] = arch.xpath("//button[@string='Retry']")
        names = (
            "autopay_refunded",
            "autopay_status",
            "autopay_blocker",
            "autopay_offers",
        )
        names += ("state", "payment_state", "autopay_in_dispute")
        [shown] = self.bad.read(names)
        self.assertFalse(safe_eval(button.get("invisible"), shown))
        # Of many, whoever charges now has to choose it.
        moves = self.first | self.bad
        lines = self.env["autopay.charge.now"].create({"move_ids": moves.ids}).ready_ids
        chosen = lines.filtered("is_chosen")
        self.assertEqual(chosen.move_id, self.first)
        self.assertEqual((lines - chosen).mark, "set_aside")
        getattr(self.bad, button.get("name"))()
        self.assertFalse(self.bad.activity_ids)
        self._run_autopay()
        self.assertEqual(self.bad.autopay_status, "success")

    @mute_logger(STAGE_LOG)
    def test_alarm_that_fails_stops_no_other_and_the_invoice_is_set_aside(self):
        self.bad.sudo().autopay_crash_count = 1
        self._refuse_to_write(self.bad)
        with patch.object(
            AutopayNotification,
            "_alert_set_aside",
            side_effect=UserError("No alarm"),
        ):
            self._run_autopay()
        self.assertEqual(set(self.others.mapped("autopay_status")), {"success"})
        self.assertEqual(self.bad.autopay_blocker, "set_aside")

    @mute_logger(STAGE_LOG)
    def test_booking_that_fails_and_cannot_be_noted_stops_no_other(self):
        original = AutopayBooking._book_collected

        def fail_on_bad(booking, attempts):
            if self.bad.id in attempts.line_ids.move_id.ids:
                raise ZeroDivisionError("a bad rule")
            return original(booking, attempts)

        with (
            patch.object(AutopayBooking, "_book_collected", fail_on_bad),
            patch.object(
                AutopayBooking, "_set_booking_error", side_effect=UserError("No")
            ),
        ):
            self._run_autopay()
        self.assertEqual(set(self.others.mapped("autopay_status")), {"success"})
        self.assertEqual(self.bad.autopay_status, "in_progress")
        self.assertEqual(len(self._get_charges(self.bad)), 1)

    def test_crash_is_not_counted_as_an_edit_by_a_person(self):
        self.env.flush_all()
        self.bad.is_manually_modified = False
        before = self.bad.write_date
        self.env["autopay.crash"]._count(self.bad)
        self.assertEqual(self.bad.autopay_crash_count, 1)
        self.assertEqual(self.bad.write_date, before)
        self.assertFalse(self.bad.is_manually_modified)

    # === RUNS THAT DIED === #

    @mute_logger(STAGE_LOG)
    def test_dead_run_is_closed_whose_invoice_cannot_be_written(self):
        run = self._leave_dead_run(self.bad)
        self._refuse_to_write(self.bad)
        self._resolve_autopay()
        self.assertEqual(run.state, "interrupted")
        self.assertEqual(self.bad.autopay_crash_count, 1)

    @mute_logger(STAGE_LOG)
    def test_second_death_sets_an_invoice_aside_that_cannot_be_written(self):
        self.bad.sudo().autopay_crash_count = 1
        self._leave_dead_run(self.bad)
        self._refuse_to_write(self.bad)
        self._run_autopay()
        self.assertEqual(self.bad.autopay_blocker, "set_aside")
        self.assertIn("set this invoice aside", self.bad.activity_ids.summary)
        self.assertEqual(set(self.others.mapped("autopay_status")), {"success"})

    @mute_logger(STAGE_LOG)
    def test_dead_run_that_cannot_be_closed_stops_neither_the_others_nor_the_job(self):
        stuck, closed = self._leave_dead_run(self.bad), self._leave_dead_run(self.first)
        original = AutopayCrash._count

        def fail_on_bad(crash, moves):
            if self.bad in moves:
                raise ZeroDivisionError("a bad rule")
            return original(crash, moves)

        with patch.object(AutopayCrash, "_count", fail_on_bad):
            self._run_autopay()
        self.assertEqual((stuck.state, closed.state), ("running", "interrupted"))
        self.assertEqual(set(self.others.mapped("autopay_status")), {"success"})

    def test_alarm_about_a_dead_run_that_fails_does_not_stop_the_job(self):
        self.bad.sudo().autopay_crash_count = 1
        self._leave_dead_run(self.bad)
        with (
            patch.object(
                AutopayNotification,
                "_alert_set_aside",
                side_effect=UserError("No"),
            ),
            mute_logger(STAGE_LOG),
        ):
            self._run_autopay()
        self.assertEqual(set(self.others.mapped("autopay_status")), {"success"})
        self.assertEqual(self.bad.autopay_crash_count, 2)
