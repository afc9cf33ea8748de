import re
import threading
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common_pages import PagesCommon

# Tables that nobody may change by looking, besides autopay's own tables.
TABLES = {
    "account_move",
    "account_payment",
    "mail_activity",
    "mail_mail",
    "mail_message",
    "payment_token",
    "payment_transaction",
    "res_partner",
}


@tagged("post_install", "-at_install")
class TestPortalSafe(PagesCommon):
    """Looking changes nothing, and what is not the customer's own is not found."""

    # === SCANNERS === #

    def _get_rules(self):
        """Return the routes of the add-on."""
        # Odoo looks there for the database.
        thread, name = threading.current_thread(), self.env.cr.dbname
        self.startPatcher(patch.object(thread, "dbname", name, create=True))
        return [
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.endpoint.func.__module__.startswith("odoo.addons.autopay.")
        ]

    def _fill(self, rule, invoice):
        """Return the path of a route, with an invoice's id or text in it."""
        path = re.sub(r"<(?:\w+:)?\w+_id>", str(invoice.id), rule.rule)
        # One of a few words, or anything.
        path = re.sub(r"<any\((\w+).*?\):\w+>", r"\1", path)
        return re.sub(r"<.+?>", "1", path)

    def _get_linked_paths(self):
        """Return the pages to which signed links lead, as a mail scanner finds them."""
        payer = self.stranger
        self._enrol("pm_card_authenticationRequired", customer=payer)
        waiting = self._create_due_invoice(customer=payer)
        self._run_autopay()
        links = self.env["autopay.pay.link"]
        url = links._get_url(payer, self.company, waiting, may_save=True)
        stop = self.env["autopay.stop.link"]._get_path(payer, self.company, True)
        urls = (waiting.sudo().autopay_attempt_ids.confirm_url, url, stop)
        return [urlsplit(each).path for each in urls]

    def _read_tables(self):
        """Return {table: a hash of all its rows}."""
        # With what is noted until a transaction ends.
        self.env.cr.flush()
        self.env.cr.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename LIKE 'autopay%'"
        )
        tables = TABLES | {name for (name,) in self.env.cr.fetchall()}
        return {table: self._hash_rows(table) for table in sorted(tables)}

    def _hash_rows(self, table):
        query = SQL(
            "SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), ''))"
            " FROM %s t",
            SQL.identifier(table),
        )
        return self.env.execute_query(query)[0][0]

    def test_scanner_that_opens_every_address_changes_nothing(self):
        self._enrol()
        invoice = self._create_due_invoice()
        rules = self._get_rules()
        self.assertGreater(len(rules), 12)
        paths = sorted({self._fill(rule, invoice) for rule in rules})
        self.assertIn("/my/autopay/leave", paths)
        paths += self._get_linked_paths()
        before = self._read_tables()
        for user in (None, self.stranger_user, self.owner_user):
            self._log_in(user)
            for path in paths:
                with self.subTest(user=user and user.login, path=path):
                    with mute_logger("odoo.http", "odoo.sql_db", "werkzeug"):
                        answer = self.url_open(path)
                    self.assertLess(answer.status_code, 500)
        self.env.invalidate_all()
        after = self._read_tables()
        changed = [table for table in before if after[table] != before[table]]
        self.assertFalse(changed)

    def test_pages_of_the_customers_own_are_kept_by_nobody(self):
        self._enrol()
        self._log_in(self.owner_user)
        for path in ("", "/default", "/leave", "/coming"):
            self._open(f"/my/autopay{path}")
            with self.subTest(path=path):
                kept = self.last_answer.headers["Cache-Control"]
                self.assertEqual(kept, "no-store")

    # === OTHERS === #

    def test_contact_who_left_reaches_nothing_of_the_customer(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._log_in(self.owner_user)
        path = f"/my/autopay/coming/{invoice.id}/skip"
        leaver = self._create_customer("Leaver", parent_id=self.customer.id)
        user = self._create_portal_user("leaver_user", leaver)
        leaver.autopay_portal_manager = True
        self._log_in(user)
        self.assertIn(invoice.name, self._open("/my/autopay/coming").text_content())
        leaver.parent_id = False
        self.assertNotIn(invoice.name, self._open("/my/autopay/coming").text_content())
        self._send(path, company=self.company.id)
        self.assertEqual(self.last_answer.status_code, 404)
        user.active = False
        self._open("/my/autopay")
        self.assertIn("/web/login", self.last_answer.url)
        self.assertFalse(invoice.autopay_customer_hold)

    def test_right_to_change_is_not_taken_along_to_another_customer(self):
        mill = self._create_customer("Red Mill", is_company=True)
        clerk = self._create_customer("Clerk", parent_id=mill.id)
        self._create_portal_user("clerk_user", clerk)
        self.assertTrue(clerk.autopay_portal_manager)
        # One was given the right elsewhere, the other one has the older account.
        self.stranger.autopay_portal_manager = True
        for newcomer in (self.stranger, self.colleague_user.partner_id):
            with self.subTest(newcomer=newcomer.name):
                newcomer.parent_id = mill
                self.env.invalidate_all()
                contacts = newcomer | clerk
                rights = contacts.mapped("autopay_portal_manager")
                self.assertEqual(rights, [False, True])
                newcomer.parent_id = False
                self.assertTrue(newcomer.autopay_portal_manager)

    def test_portal_user_of_another_company_is_a_stranger(self):
        self._enrol()
        invoice = self._create_due_invoice()
        other = self._create_company(name="Elsewhere Ltd")
        other.autopay_enabled = True
        visitor = self._create_customer("Visitor")
        user = self._create_user(
            "visitor_user", "base.group_portal", partner_id=visitor.id, company=other
        )
        self._log_in(user)
        self._open(f"/my/autopay?company={self.company.id}", status=404)
        self._open(f"/my/autopay?company={other.id}")
        for company in (self.company, other):
            for what in ("skip", "move", "pay", "undo"):
                self._send(
                    f"/my/autopay/coming/{invoice.id}/{what}",
                    company=company.id,
                    amount="100.0",
                )
                with self.subTest(company=company.name, what=what):
                    self.assertEqual(self.last_answer.status_code, 404)
        self.assertFalse(invoice.autopay_customer_hold)
        self.assertEqual(invoice.autopay_attempt_count, 0)

    def test_answers_to_foreign_and_missing_ids_are_the_same(self):
        foreign = self._create_due_invoice(customer=self.stranger)
        self._log_in(self.owner_user)
        bodies = set()
        for move_id in (foreign.id, 99999999, 0, 2**31, 2**70):
            path = f"/my/autopay/coming/{move_id}/skip"
            self._send(path, company=self.company.id)
            self.assertEqual(self.last_answer.status_code, 404)
            text = self.last_answer.text.replace(path, "")
            bodies.add(" ".join(text.split("csrf_token")[0].split()))
        self.assertEqual(len(bodies), 1)
