import json
import logging
import re

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..common_guard import CONFIRM
from ..common_rpc import SECRETS, RpcCommon


@tagged("post_install", "-at_install")
class TestAttackRpc(RpcCommon):
    """Calls that would be worth a try."""

    # === OVER HTTP === #

    def _call(self, model, method, *args, **kwargs):
        """Call a method over HTTP; return the name of the exception raised."""
        self.env.flush_all()
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        try:
            with mute_logger("odoo.http", "odoo.sql_db"):
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}", params
                )
        except JsonRpcException as error:
            return str(error)
        finally:
            self.env.invalidate_all()
        return ""

    def test_records_are_closed_to_those_who_have_no_business_with_them(self):
        ids = self.attempt.ids
        calls = {
            "read": (ids, ["name", "response"]),
            "write": (ids, {"state": "canceled"}),
            "unlink": (ids,),
            "copy": (ids,),
            "search_read": ([],),
            "name_search": ("A",),
            "export_data": (ids, ["name"]),
            "formatted_read_group": ([], ["state"], ["amount:sum"]),
            "action_withdraw": (ids,),
            "action_check_now": (ids,),
            "create": ({"name": "x"},),
        }
        before = self._get_state()
        for user in (self.owner_user, self.stranger_user, self.employee):
            self._log_in(user)
            for method, args in calls.items():
                with self.subTest(user=user.login, method=method):
                    error = self._call("autopay.attempt", method, *args)
                    # Exporting is refused for a right of its own.
                    expected = "UserError" if method == "export_data" else "AccessError"
                    self.assertIn(expected, error)
        self.assertEqual(self._get_state(), before)

    def test_inner_methods_are_closed_to_everybody(self):
        names = {
            "autopay.engine": ("_charge_now", "_run", "_charge"),
            "autopay.resolver": ("_withdraw", "_resolve"),
            "autopay.booking": ("_book",),
            "account.move": ("_lock_autopay",),
            "autopay.run": ("_cron_charge_due_invoices",),
            "autopay.attempt": ("_set_succeeded", "_process", "_recall"),
            "autopay.authorization": ("_record", "_revoke"),
            "payment.transaction": ("_autopay_update_state", "_autopay_charge"),
        }
        self.authenticate("admin", "admin")
        for model, methods in names.items():
            for method in methods:
                with self.subTest(model=model, method=method):
                    self.assertIn("AccessError", self._call(model, method, []))

    def test_customer_changes_nothing_of_his_own_invoice(self):
        self._log_in(self.owner_user)
        for vals in (
            {"autopay_status": "success"},
            {"autopay_status": False},
            {"autopay_date": "2099-01-01"},
            {"state": "draft"},
            {"autopay_crash_count": 9},
        ):
            with self.subTest(vals=vals):
                error = self._call("account.move", "write", self.invoice.ids, vals)
                self.assertIn("AccessError", error)

    # === BILLING USERS === #

    def test_billing_users_move_no_money_by_hand(self):
        transaction = self.attempt.transaction_id.with_user(self.billing).sudo(False)
        for vals in (
            {"state": "done"},
            {"amount": 1},
            {"provider_reference": "pi_x"},
            {"is_post_processed": False},
            {"invoice_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                transaction.write(vals)
        with self.assertRaises(UserError):
            transaction.unlink()
        self.assertEqual(transaction.state, "pending")

    def test_billing_users_switch_nothing_on_that_is_not_theirs(self):
        acts = {
            "settings": lambda: (
                self.env["res.config.settings"]
                .with_user(self.billing)
                .create({})
                .execute()
            ),
            "company": lambda: self.company.with_user(self.billing).write(
                {"autopay_enabled": False}
            ),
            "provider": lambda: (
                self.provider.with_user(self.billing)
                .sudo(False)
                .write({"state": "enabled"})
            ),
            "policy": lambda: (
                self.env["autopay.policy"].with_user(self.billing).create({})
            ),
        }
        for name, act in acts.items():
            with self.subTest(name=name), self.assertRaises(UserError):
                act()

    def test_secrets_are_no_field_of_anybody_but_the_administrator(self):
        hidden = ("prepare_key", "charge_key", "prepare_params", "charge_params")
        fields = self.attempt.with_user(self.billing).fields_get()
        for name in hidden:
            with self.subTest(field=name):
                self.assertNotIn(name, fields)
                with self.assertRaises(AccessError):
                    self.attempt.with_user(self.billing).read([name])
                with self.assertRaises(AccessError):
                    self.env["autopay.attempt"].with_user(self.billing).search(
                        [(name, "!=", False)]
                    )
        answer = self.attempt.with_user(self.billing).read()
        self.assertIsNone(SECRETS.search(json.dumps(answer, default=str)))

    def test_words_in_lists_are_bound_not_run(self):
        attempts = self.env["autopay.attempt"].with_user(self.billing)
        poison = "'; DROP TABLE autopay_attempt; --"
        self.assertFalse(attempts.search([("name", "ilike", poison)]))
        for order in (poison, "name; DELETE FROM autopay_attempt", "(SELECT 1)"):
            with self.subTest(order=order), self.assertRaises(UserError):
                attempts.search([], order=order)
        self.assertTrue(self.attempt.exists())

    # === WORDS OF STRANGERS === #

    def test_names_and_messages_are_shown_as_they_are(self):
        name = "{{ 7*7 }} <script>alert(1)</script>\n<t t-out='7*7'/>"
        self.customer.name = name
        self._enrol("pm_card_visa_chargeDeclined")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        attempt.sudo().message = "<img src=x onerror=alert(1)>"
        for body in (invoice.message_ids | attempt.message_ids).mapped("body"):
            self.assertNotIn("<script", body)
            self.assertNotIn("<img", body)
        page = self._get_page(invoice)
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("<img src=x", page)

    def _get_page(self, invoice):
        self._log_in()
        self.env.flush_all()
        return self.url_open(invoice.get_portal_url()).text

    # === SECRETS === #

    def test_nothing_secret_is_left_behind_by_a_run_with_faults(self):
        lines = []
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: lines.append(record.getMessage())
        logging.getLogger().addHandler(handler)
        self.addCleanup(logging.getLogger().removeHandler, handler)
        for kind in ("reset_after", "error_500_after", "garbage", "truncate"):
            self.admin.add_fault(kind, method="POST", path=CONFIRM)
            self._enrol()
            self._create_due_invoice()
            self._run_autopay()
            self.admin.clear_faults()
        self._enrol("pm_card_visa_chargeDeclined")
        self._create_due_invoice()
        self._run_autopay()
        self._resolve_autopay()
        answers = [self._get_page(self.invoice)]
        texts = lines + answers + self._get_written_texts()
        found = [text[:300] for text in texts if self._find_secret(text)]
        self.assertEqual(found, [])

    def _get_written_texts(self):
        """Return all that was written to people, and the texts that staff read."""
        attempts = self.env["autopay.attempt"].sudo().search([])
        notes = self.env["mail.activity"].sudo().search([])
        return [
            *map(str, self.env["mail.message"].sudo().search([]).mapped("body")),
            *map(str, self.env["mail.mail"].sudo().search([]).mapped("body_html")),
            *[f"{note.summary} {note.note}" for note in notes],
            *[f"{rec.response} {rec.message} {rec.explanation}" for rec in attempts],
        ]

    def _find_secret(self, text):
        return re.search(r"\b(sk|rk)_(test|live)_\w+|whsec_\w+", text) or re.search(
            r"\b(?:4242|4000|5555|3782)\d{9,15}\b", text
        )
