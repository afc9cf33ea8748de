from pathlib import Path
from runpy import run_path

from lxml import etree

from odoo import SUPERUSER_ID
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

MIGRATION = "autopay/migrations/19.0.1.5.0/post-mail_dates.py"
FORM = ", date_format='medium'"
# Each template, with how many days it writes.
TEMPLATES = {"mail_template_consent": 1, "mail_template_statement": 2}


@tagged("post_install", "-at_install")
class TestAutopayMailDates(TransactionCase):
    """Databases of older versions get days in letters where nobody edited the mail."""

    def _migrate(self, template, writer_id, version="19.0.1.4.0"):
        """Run the migration on a template as it was before; return both its texts."""
        before = template.body_html.replace(FORM, "")
        template.body_html = before
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_template SET write_uid = %s WHERE id = %s",
            [writer_id, template.id],
        )
        self._run(version)
        return before, template.body_html

    def _run(self, version):
        self.env.invalidate_all()
        run_path(file_path(MIGRATION))["migrate"](self.env.cr, version)
        self.env.invalidate_all()

    def test_untouched_mails_write_days_in_letters(self):
        for name, days in TEMPLATES.items():
            template = self.env.ref(f"autopay.{name}")
            before, after = self._migrate(template, SUPERUSER_ID)
            self.assertEqual(after.count(FORM), days, name)
            self.assertEqual(after.replace(FORM, ""), before)
            self._run("19.0.1.4.0")
            self.assertEqual(template.body_html, after)

    def test_edited_mails_stay_as_they_are(self):
        for name in TEMPLATES:
            template = self.env.ref(f"autopay.{name}")
            admin = self.env.ref("base.user_admin")
            before, after = self._migrate(template, admin.id)
            self.assertEqual(after, before)

    def test_a_language_without_text_does_not_stop_the_update(self):
        template = self.env.ref("autopay.mail_template_consent")
        self.env.cr.execute(
            "UPDATE mail_template SET write_uid = 1,"
            """ body_html = body_html || '{"fr_FR": null}' WHERE id = %s""",
            [template.id],
        )
        self._run("19.0.1.4.0")
        self.assertEqual(template.body_html.count(FORM), 1)

    def test_new_databases_are_left_alone(self):
        for name in TEMPLATES:
            template = self.env.ref(f"autopay.{name}")
            before, after = self._migrate(template, SUPERUSER_ID, version=None)
            self.assertEqual(after, before)

    def test_every_date_of_the_mails_is_in_letters(self):
        found = {}
        for path in Path(file_path("autopay/data")).glob("mail_template_*.xml"):
            for record in etree.parse(path).iter("record"):
                text = etree.tostring(record, encoding="unicode")
                days = text.count("format_date(")
                self.assertEqual(days, text.count("date_format="), path.name)
                found[record.get("id")] = days
        self.assertLess(TEMPLATES.items(), found.items())
