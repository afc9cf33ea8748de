import re
import threading
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_pages import PagesCommon

CSRF = re.compile(r'csrf_token: "(\w+)"')
# Sent in the place of each value, one after the other; a file among them.
ODD = {"file": None, "huge": "9" * 400, "strange": "a\0💳٣" * 2_000}
RULES = "/my/autopay/configurations"


@tagged("post_install", "-at_install")
class TestPortalFuzz(PagesCommon):
    """A browser gets an answer in words to everything that it sends in a form."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.other = self._create_token()
        self.invoice = self._create_due_invoice()
        self.rule = self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self.token.id,
                "condition_ids": [Command.create({"number": 1.0})],
            }
        )
        requests = self.env["autopay.method.request"]
        self.asked = requests._ask(self.company, self.customer).sudo()
        self._log_in(self.owner_user)

    def _get_forms(self):
        """Return what the forms of all pages send, as [(path, {name: value})]."""
        coming = f"/my/autopay/coming/{self.invoice.id}"
        text = self.env["autopay.terms"]._get(self.customer, self.company, self.other)
        hashed = {"text_hash": text.text_hash}
        rule = {
            "token_id": str(self.token.id),
            "cap_rule": "skip",
            "max_amount": "1",
            "max_month_amount": "1",
            "kind_0": "amount",
            "operator_0": ">",
            "number_0": "1",
            "number_to_0": "2",
            "text_0": "x",
            "values_0": "1",
            "new_kind": "amount",
            "agree": "1",
            "do": "save",
        }
        link = self.asked.link_url.partition("/autopay/m/")[2]
        pay = self.env["autopay.pay.link"]._get_path(
            self.customer, self.company, self.invoice, may_save=True
        )
        stop = self.env["autopay.stop.link"]._get_path(
            self.customer, self.company, True
        )
        choice = {"token": str(self.other.id), "agree": "1", "recollect": "1"}
        return [
            (f"{coming}/skip", {}),
            (f"{coming}/undo", {}),
            (f"{coming}/move", {"day": str(self.today)}),
            (f"{coming}/pay", {"amount": "100.0"}),
            ("/my/autopay/default", {**choice, **hashed}),
            ("/my/autopay/leave", {}),
            ("/my/autopay/method/new", {"purpose": "autopay", **choice, **hashed}),
            (f"/my/autopay/method/{self.other.id}/remove", {"instead": "pause"}),
            (f"/autopay/m/{link}", {"name": "Cow Herd", **hashed}),
            (f"{pay}/{self.invoice.id}", {}),
            (f"{pay}/method", {"name": "Cow Herd", "recollect": "1", **hashed}),
            (f"{stop}/{self.invoice.id}/skip", {}),
            (f"{stop}/leave", {}),
            # Nothing but the link is sent there.
            ("/autopay/confirm/x", {}),
            ("/autopay/confirm/x/other", {}),
            (f"{RULES}/new", rule),
            (f"{RULES}/{self.rule.id}", rule),
            (f"{RULES}/{self.rule.id}/up", {}),
        ]

    def _send(self, path, values, name):
        """Send a form, with a file as this value if it has none; return the status."""
        files = {name: ("card.txt", b"4242")} if values.get(name, "") is None else None
        sent = {key: value for key, value in values.items() if value is not None}
        answer = self.url_open(path, sent, files=files, allow_redirects=False)
        self.env.invalidate_all()
        return answer.status_code

    def test_no_value_of_a_form_breaks_a_page(self):
        self._open("/my/autopay")
        common = {
            "csrf_token": CSRF.search(self.last_answer.text)[1],
            "company": str(self.company.id),
        }
        self.env.flush_all()
        for path, values in self._get_forms():
            for name in (*values, "company"):
                for kind, odd in ODD.items():
                    with (
                        self.subTest(path=path, name=name, kind=kind),
                        mute_logger("odoo.http", "odoo.sql_db", "werkzeug"),
                    ):
                        sent = {**common, **values, name: odd}
                        self.assertLess(self._send(path, sent, name), 500)

    def test_forms_of_all_pages_are_tried(self):
        # Odoo looks there for the database.
        thread, dbname = threading.current_thread(), self.env.cr.dbname
        self.startPatcher(patch.object(thread, "dbname", dbname, create=True))
        routes = self.env["ir.http"].routing_map()
        router = routes.bind("localhost")
        tried = {
            router.match(path, method="POST", return_rule=True)[0].rule
            for path, _values in self._get_forms()
        }
        missing = [
            rule.rule
            for rule in routes.iter_rules()
            if rule.endpoint.func.__module__.startswith("odoo.addons.autopay.")
            and "POST" in (rule.methods or ())
            and rule.endpoint.routing["type"] == "http"
            and rule.endpoint.routing.get("csrf", True)
            and rule.rule not in tried
        ]
        self.assertFalse(missing)
