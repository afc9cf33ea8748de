from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import Form, tagged

from ..common import AutopayCommon

MANAGER = "account.group_account_manager"
WESTERNMOST = {
    "US": "Pacific/Honolulu",
    "ES": "Atlantic/Canary",
    "CL": "Pacific/Easter",
    "FR": "Europe/Paris",
    "AU": "Australia/Perth",
}


@tagged("post_install", "-at_install")
class TestAutopayTimeZone(AutopayCommon):
    """The days of a company begin where it is, even if nobody has said where."""

    def setUp(self):
        super().setUp()
        self.company.partner_id.tz = False
        self.hours = self.company.resource_calendar_id
        self.hours.tz = "UTC"
        self.company.country_id = self.env.ref("base.us")
        managers = self.company._get_autopay_managers()
        managers.tz = False

    def _find(self):
        return self.company._find_autopay_tz()

    # === WHERE IT COMES FROM === #

    def test_contact_of_the_company_comes_first(self):
        self.company.partner_id.tz = "Asia/Tokyo"
        self.hours.tz = "America/Chicago"
        self.assertEqual(self._find(), ("Asia/Tokyo", "contact"))

    def test_working_hours_come_next(self):
        self.hours.tz = "America/Chicago"
        self.company.autopay_responsible_id = self._create_user("tokyo", MANAGER)
        self.company.autopay_responsible_id.tz = "Asia/Tokyo"
        self.assertEqual(self._find(), ("America/Chicago", "hours"))

    def test_working_hours_as_they_were_installed_say_nothing(self):
        self.assertEqual(self.hours.tz, "UTC")
        self.assertEqual(self._find()[1], "country")

    def test_person_in_charge_comes_next(self):
        self.company.autopay_responsible_id = self._create_user("chicago", MANAGER)
        self.company.autopay_responsible_id.tz = "America/Chicago"
        self.assertEqual(self._find(), ("America/Chicago", "responsible"))

    def test_manager_who_would_be_asked_counts_in_the_country_only(self):
        manager = self.company._get_autopay_responsible()
        manager.tz = "Europe/Brussels"
        self.assertEqual(self._find()[1], "country")
        manager.tz = "America/Denver"
        self.assertEqual(self._find(), ("America/Denver", "manager"))

    def test_country_of_several_zones_gives_the_last(self):
        for code, zone in WESTERNMOST.items():
            self.company.country_id = self.env.ref(f"base.{code.lower()}")
            self.assertEqual(self._find(), (zone, "country"), code)

    def test_company_of_nowhere_lives_by_utc(self):
        self.company.country_id = False
        self.company.partner_id.country_id = False
        self.assertEqual(self._find(), ("UTC", "nothing"))

    # === WHAT IT IS FOR === #

    def test_nothing_is_charged_on_the_evening_before(self):
        invoice = self._create_due_invoice(100)
        invoice.autopay_date = date(2027, 3, 2)
        self._enrol()
        self.admin.clear_requests()
        # In Honolulu it is 14:30 on the first, then 00:30 on the second.
        with freeze_time("2027-03-02 00:30:00"):
            self._run_autopay()
        self.assertEqual(invoice.autopay_blocker, "date_not_reached")
        self.assertFalse(self.admin.requests())
        with freeze_time("2027-03-02 10:30:00"):
            self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    def test_invariant_counts_days_as_the_engine_does(self):
        invoice = self._create_due_invoice(100)
        # The day before has begun everywhere, be it not yet the day of UTC.
        invoice.autopay_date = self.today - timedelta(days=1)
        self._enrol()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sudo()
        invoice.autopay_date = date(2027, 3, 2)
        attempt.charging_date = "2027-03-02 00:30:00"
        found = {
            finding.code: finding.verdict
            for finding in self.env["autopay.invariant"].sudo()._check()
        }
        self.assertEqual(found["I13"], "breach")
        attempt.charging_date = "2027-03-02 10:30:00"
        found = {
            finding.code: finding.verdict
            for finding in self.env["autopay.invariant"].sudo()._check()
        }
        self.assertEqual(found["I13"], "ok")

    # === SCREENS === #

    def test_settings_say_which_zone_is_used_and_why(self):
        for model in ("res.config.settings", "autopay.policy"):
            words = Form(self.env[model]).autopay_tz_words
            self.assertIn("Pacific/Honolulu", words)
            self.assertIn("United States", words)
        self.hours.tz = "America/Chicago"
        words = Form(self.env["res.config.settings"]).autopay_tz_words
        self.assertIn("America/Chicago: that of the working hours", words)
