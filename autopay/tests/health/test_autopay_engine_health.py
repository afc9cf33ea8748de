from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ...words.runs.health import JOB_NAMES
from ..common import AutopayCommon

SUMMARY = "Autopay has been silent for two days"


@tagged("post_install", "-at_install")
class TestAutopayEngineHealth(AutopayCommon, HttpCase):
    """Somebody hears that nothing is charged any more, whatever has died."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        billing = "account.group_account_invoice"
        cls.called = cls._create_user("called", billing, email="called@example.com")
        cls.biller = cls._create_user("biller", billing, email="biller@example.com")
        cls.company.autopay_responsible_id = cls.called
        cls.health = cls.env["autopay.engine.health"]

    def _silence(self, hours=49):
        """Let the last look of the engine be so many hours ago."""
        since = fields.Datetime.now() - timedelta(hours=hours)
        pulse = self._get_pulse()
        self._force(pulse, looked_date=since)
        return pulse

    def _get_pulse(self):
        return self.env["autopay.pulse"].search([("company_id", "=", self.company.id)])

    def _get_calls(self):
        calls = self.company.partner_id.activity_ids
        return calls.filtered(lambda call: call.summary == SUMMARY)

    def _get_banner(self, user):
        return self.health.with_user(user)._get_silence()

    def test_deleted_job_is_called_by_its_name(self):
        self.env.ref("autopay.ir_cron_send_notices").unlink()
        lines = self.health._get_lines(self.company)
        [line] = [each for each in lines if "was deleted" in each.text]
        self.assertIn("“Autopay: write the mails to customers”", line.text)
        self.assertFalse(line.model, "there is nothing to open")
        self.assertEqual(set(JOB_NAMES), set(self.health._get_watched_jobs()))

    def test_digest_opens_its_lists_without_the_menu(self):
        digest = self.env["digest.digest"].create({"name": "Figures"})
        actions = digest._compute_kpis_actions(self.company, self.biller)
        self.assertIn("menu_id=", actions["kpi_autopay_failed"])
        self.env.ref("autopay.autopay_menu").unlink()
        actions = digest._compute_kpis_actions(self.company, self.biller)
        self.assertEqual(
            actions["kpi_autopay_failed"], "autopay.autopay_attempt_action_failed"
        )

    # === SILENCE === #

    def test_every_look_is_a_sign_of_life_also_when_nothing_is_due(self):
        self.assertTrue(self._get_pulse(), "from switching on")
        for prepare in (list, self._create_due_invoice):
            prepare()
            pulse = self._silence()
            self.assertIn(self.company, self.health._find_silent(self.company))
            self._run_autopay()
            self.env.invalidate_all()
            age = fields.Datetime.now() - pulse.looked_date
            self.assertLess(age, timedelta(minutes=5))
            self.assertFalse(self.health._find_silent(self.company))

    def test_silence_is_told_to_billing_users_of_the_company_only(self):
        self._silence()
        [sentence] = self._get_banner(self.biller)
        self.assertIn(self.company.name, sentence)
        elsewhere = self._create_company(name="Elsewhere")
        foreign = self._create_user(
            "foreign", "account.group_account_invoice", company=elsewhere
        )
        self.assertFalse(self._get_banner(foreign))
        employee = self._create_user("employee", "base.group_user")
        with self.assertRaises(AccessError):
            self._get_banner(employee)
        self.assertFalse(self.health.with_user(employee)._is_watched())
        self._silence(47)
        self.assertFalse(self._get_banner(self.biller))

    def test_copies_and_companies_that_are_off_are_silent_by_right(self):
        self._silence()
        self.company.sudo().autopay_database_uuid = "another"
        self.assertFalse(self._get_banner(self.biller))
        self.company.sudo().autopay_database_uuid = False
        self.assertTrue(self._get_banner(self.biller))
        self.company.autopay_enabled = False
        self.assertFalse(self._get_banner(self.biller))
        self.company.autopay_enabled = True
        self.assertFalse(self._get_banner(self.biller), "it counts from switching on")

    def test_page_of_a_biller_shows_it_and_calls_the_person_in_charge(self):
        self._silence()
        code = """
            const find = () => document.querySelector(".o_autopay_silence");
            const wait = setInterval(() => {
                if (find()?.textContent.includes("nothing due is charged")) {
                    clearInterval(wait);
                    setTimeout(() => console.log("test successful"), 1000);
                }
            }, 100);
        """
        self.browser_js("/odoo", code, login="biller")
        self.env.invalidate_all()
        call = self._get_calls()
        self.assertEqual(call.user_id, self.called)
        self.assertIn("nothing due is charged", call.note)
        # The mail goes out without the mail queue, which may be dead as well.
        messages = self.env["mail.message"].sudo()
        told = messages.search([("partner_ids", "in", self.called.partner_id.ids)])
        self.assertIn(SUMMARY, told[:1].subject or told[:1].body)
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, user=self.biller.id)
            env["autopay.pulse"].action_report_silence()
        self.env.invalidate_all()
        self.assertEqual(self._get_calls(), call, "once")
        self._run_autopay()
        self.env.invalidate_all()
        self.assertFalse(self._get_calls())

    def test_another_job_calls_but_not_when_all_have_only_just_come_back(self):
        self._silence()
        self.env.ref("autopay.ir_cron_charge_due_invoices").active = False
        deadline = self.env["autopay.deadline"]
        now = fields.Datetime.now()
        waking = deadline.with_context(lastcall=now - timedelta(days=3))
        self.assertIsNone(waking._find_silent_engines())
        working = deadline.with_context(lastcall=now - timedelta(minutes=5))
        [call] = working._find_silent_engines()
        self.assertEqual(call.record, self.company.partner_id)
        self._resolve_autopay()
        self.env.invalidate_all()
        self.assertEqual(self._get_calls().user_id, self.called)

    # === ALL OF IT === #

    def test_what_is_wrong_comes_first_in_words(self):
        self._enrol()
        self.admin.add_fault("refuse", times=None)
        self._create_due_invoice()
        self._run_autopay()
        crons = [self.env.ref(xml_id) for xml_id in list(JOB_NAMES)[:3]]
        now = fields.Datetime.now()
        crons[0].active = False
        self._force(crons[1], first_failure_date=now - timedelta(hours=1))
        self._force(crons[2], nextcall=now - timedelta(days=2))
        health = self.health.with_user(self.biller)
        lines = health._get_lines(self.company)
        bad = [line.text for line in lines if line.level == "danger"]
        for words in (
            "cannot be reached",
            f"“{crons[0].cron_name}” is switched off",
            f"“{crons[1].cron_name}” has failed since",
            f"“{crons[2].cron_name}” should have run",
        ):
            self.assertTrue(any(words in text for text in bad), (words, bad))
        self.assertEqual(lines[0].level, "danger")
        self.assertIn("success", [line.level for line in lines])

    def test_books_mails_and_deaths_of_runs_are_counted_in_few_queries(self):
        self._enrol()
        self._create_due_invoice()
        self._run_autopay()
        run = self._get_last_run()
        notice = self.env["autopay.notice"].search(
            [("company_id", "=", run.company_id.id)]
        )
        self._force(notice, create_date=fields.Datetime.now() - timedelta(days=1))
        self._force(run, state="interrupted")
        self._run_cron("autopay.ir_cron_compare_charges")
        health = self.health.with_user(self.biller)
        self.env.flush_all()
        self.env.invalidate_all()
        companies = self.company + self._create_company(name="Elsewhere")
        health._get_health(companies)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = health._get_health(companies)[self.company]
        self.assertLess(self.env.cr.sql_log_count - before, 20)
        self.assertTrue(found.is_on)
        self.assertEqual(found.last_run, run)
        self.assertEqual(found.interrupted_count, 1)
        self.assertEqual(found.unsent_count, len(notice))
        self.assertEqual([books.state for books in found.books], ["agrees"])
        self.assertEqual(found.stopped_text, "")
