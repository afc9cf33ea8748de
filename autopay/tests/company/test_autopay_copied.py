import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...gateways.reports import EventFacts
from ..common import SECRET_KEY
from ..reversal.common_reversal import ReversalCommon

BANK = "pm_usBankAccount_success"
ALARM = "Autopay does nothing in this copy of the database"


@tagged("post_install", "-at_install")
class TestAutopayCopied(ReversalCommon):
    """A copy of the database leaves to the other one what that one looks after."""

    def setUp(self):
        super().setUp()
        notices = "odoo.addons.autopay.models.notification.autopay_notification"
        self.enterContext(mute_logger(notices))
        self.first = (self.company, self.provider)
        self.second = self._create_second()

    # === FACTORIES === #

    def _create_second(self):
        """Return a second company with a provider of its own."""
        company = self._create_company(name="Second Company")
        company.autopay_enabled = True
        provider = self.provider.copy({"company_id": company.id, "name": "Second"})
        provider.write(
            {
                "stripe_publishable_key": "pk_test",
                "stripe_secret_key": SECRET_KEY,
                "state": "test",
            }
        )
        provider.journal_id = self._get_journal(company, "bank")
        return company, provider

    def _get_journal(self, company, kind):
        return self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", kind)], limit=1
        )

    def _leave_debit(self, company, provider):
        """Debit a bank account in a company; the bank has not answered yet."""
        self.company, self.provider = company, provider
        self.addCleanup(setattr, self, "company", self.first[0])
        self._enrol(BANK)
        journal = self._get_journal(company, "sale")
        invoice = self._create_due_invoice(journal_id=journal.id)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sudo()
        self.assertEqual(attempt.state, "pending")
        self.assertEqual(attempt.company_id, company)
        self.company, self.provider = self.first
        return attempt

    def _leave_debits(self):
        """Leave a debit in each of the two companies, and settle both."""
        debits = [self._leave_debit(*each) for each in (self.first, self.second)]
        for debit in debits:
            self.admin.settle(debit.object_ref)
        return debits

    # === ACTS === #

    def _copy_database(self):
        uuids = self.env["ir.config_parameter"].sudo()
        uuids.set_param("database.uuid", f"of copy {time.monotonic_ns()}")
        self.admin.clear_requests()

    def _adopt(self, company):
        """Let this database charge for the company from now on."""
        company.autopay_enabled = False
        company.autopay_enabled = True

    def _get_alarms(self, company):
        attempts = self.env["autopay.attempt"].search([("company_id", "=", company.id)])
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "autopay.attempt"),
                ("res_id", "in", attempts.ids),
                ("summary", "=", ALARM),
            ]
        )

    # === EACH COMPANY BY ITSELF === #

    def test_company_that_is_forgotten_stops_no_other(self):
        ours, forgotten = self._leave_debits()
        self._copy_database()
        self._adopt(self.first[0])
        self._resolve_autopay()
        self.assertEqual(ours.state, "succeeded")
        self.assertTrue(ours.booked_date)
        self.assertEqual(forgotten.state, "pending")
        self._adopt(self.second[0])
        self._resolve_autopay()
        self.assertEqual(forgotten.state, "succeeded")
        self.assertTrue(forgotten.booked_date)

    def test_refunds_of_a_company_are_booked_by_the_database_it_is_at_home_in(self):
        ours, forgotten = self._leave_debits()
        self._resolve_autopay()
        self._copy_database()
        self._adopt(self.first[0])
        for attempt in (ours, forgotten):
            self._refund(attempt, 3000)
        self._poll()
        self.assertEqual(self._get_reversal(ours).state, "booked")
        self.assertFalse(self._get_reversal(forgotten))
        self._adopt(self.second[0])
        self._poll()
        self.assertEqual(self._get_reversal(forgotten).state, "booked")

    def test_disputes_of_a_copied_company_are_neither_read_nor_booked(self):
        attempt = self._leave_debits()[1]
        self._resolve_autopay()
        self.admin.open_dispute(attempt.object_ref)
        self._poll()
        reversal = self._get_reversal(attempt).sudo()
        self.assertEqual(reversal.state, "booked")
        reversal.next_check_date = fields.Datetime.now() - timedelta(days=1)
        self._copy_database()
        self._poll()
        self.assertEqual(self.admin.requests(), [])

    def test_reading_is_not_complete_while_a_company_of_it_is_left_out(self):
        _invoice, attempt = self._collect(100)
        self._refund(attempt, 3000)
        self._copy_database()
        watch = self.env["autopay.reversal.watch"].sudo()
        reading = watch._get_reader(self.provider).list_since(0)
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            watch = self.env(cr=cr, su=True)["autopay.reversal.watch"]
            provider = watch.env["payment.provider"].browse(self.provider.id)
            self.assertFalse(watch._take_in(provider, reading))
        self.assertFalse(self._get_reversal(attempt))

    def test_events_wait_until_their_company_is_at_home(self):
        ours, forgotten = self._leave_debits()
        self._copy_database()
        self._adopt(self.first[0])
        events = self.env["autopay.event"].sudo()
        for attempt in (ours, forgotten):
            refs = {"intent_ref": attempt.object_ref}
            kind = "payment_intent.succeeded"
            ref = f"evt_{attempt.id}"
            facts = EventFacts(ref, kind, int(time.time()), False, refs=refs)
            events._store(attempt.provider_id, facts)
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()
        states = {
            event.attempt_id or event.provider_id: event.state
            for event in events.search([])
        }
        self.assertEqual(states, {ours: "processed", self.second[1]: "received"})

    def test_methods_of_a_copied_company_are_not_read(self):
        long_ago = fields.Datetime.now() - timedelta(days=30)
        self.token.sudo().write(
            {"autopay_expiry_date": self.today, "autopay_read_date": long_ago}
        )
        self._copy_database()
        self._resolve_autopay()
        self.assertEqual(self.admin.requests(), [])
        self._adopt(self.company)
        self._resolve_autopay()
        self.assertTrue(self.admin.requests())

    # === WHAT THE OTHER DATABASE IS CHARGING === #

    def test_copy_with_autopay_off_withdraws_nothing_of_the_other_database(self):
        _invoice, attempt = self._charge_in_doubt()
        self.company.autopay_enabled = False
        checks = attempt.check_count
        self._copy_database()
        for _round in range(3):
            self._resolve_autopay()
        self.assertEqual(self.admin.requests(), [])
        self.assertEqual((attempt.state, attempt.check_count), ("unknown", checks))

    def test_company_that_was_never_switched_on_is_at_home_everywhere(self):
        _invoice, attempt = self._charge_in_doubt()
        self.company.sudo().write(
            {"autopay_enabled": False, "autopay_database_uuid": False}
        )
        self._copy_database()
        for _round in range(3):
            self._resolve_autopay()
        self.assertEqual(attempt.state, "canceled")

    def test_people_move_nothing_of_the_other_database(self):
        _invoice, attempt = self._charge_in_doubt()
        _invoice, collected = self._collect(100)
        self.admin.open_dispute(collected.object_ref)
        self._poll()
        reversal = self._get_reversal(collected)
        attempt.state = "reserved"
        self.company.autopay_enabled = False
        self._copy_database()
        admin = self._create_user("system", "base.group_system")
        provider = self.provider.with_user(admin)
        for act in (
            attempt.action_check_now,
            attempt.action_withdraw,
            attempt.action_refund_excess,
            reversal.action_check_now,
            provider.action_autopay_create_webhook,
            provider.action_autopay_remove_webhook,
        ):
            with self.assertRaisesRegex(UserError, "This database is a copy"):
                act()
        self.assertEqual(self.admin.requests(), [])

    def test_no_request_leaves_a_copy_in_the_name_of_an_attempt(self):
        _invoice, attempt = self._charge_in_doubt()
        self._copy_database()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, su=True)
            env["autopay.resolver"]._resolve(attempt.with_env(env))
        self.assertEqual(self.admin.requests(), [])

    # === PEOPLE ARE TOLD === #

    def test_person_in_charge_is_told_once_of_a_company_that_is_left_out(self):
        self._leave_debits()
        self._copy_database()
        self._adopt(self.first[0])
        self._resolve_autopay()
        alarm = self._get_alarms(self.second[0])
        self.assertEqual(len(alarm), 1)
        self.assertIn("Second Company", alarm.note)
        self.assertIn("open charges: 1", alarm.note)
        self.assertFalse(self._get_alarms(self.first[0]))
        alarm.action_done()
        self._resolve_autopay()
        self.assertFalse(self._get_alarms(self.second[0]))

    def test_person_is_told_again_in_the_copy_of_a_copy(self):
        self._leave_debits()
        for _copy in range(2):
            self._copy_database()
            self._resolve_autopay()
            alarm = self._get_alarms(self.second[0])
            self.assertEqual(len(alarm), 1)
            alarm.action_done()

    def test_company_that_never_charged_anything_raises_no_alarm(self):
        self._copy_database()
        self._resolve_autopay()
        self.assertFalse(self.second[0].autopay_copy_told)

    def test_log_names_what_is_left_to_another_database(self):
        self._leave_debit(*self.second)
        self._copy_database()
        janitor = "odoo.addons.autopay.models.engine.autopay_janitor"
        with self.assertLogs(janitor) as logs:
            self._resolve_autopay()
        self.assertIn("Autopay of Second Company belongs", " ".join(logs.output))
