import datetime

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval
from odoo.tools.safe_eval import time as safe_time

from ..common import AutopayCommon

APPS = ("account.menu_finance", "autopay.autopay_menu")
BILLING_WITH_CONTACTS = "account.group_account_invoice,base.group_partner_manager"
# Odoo has a menu of it for accountants, whom it lets read no provider that its list
# names: the menu ends in an access error without us as well.
BROKEN_BY_ODOO = {"payment.method"}
USERS = {
    "administrator": "base.group_system,account.group_account_manager,"
    "base.group_partner_manager",
    "billing": "account.group_account_invoice",
    "manager": "account.group_account_manager",
    "accountant who reads": "account.group_account_readonly",
}


@tagged("post_install", "-at_install")
class TestEveryScreen(AutopayCommon):
    """Every menu of both apps opens: lists load, records open, *New* offers a form.

    The server's half of what a browser asks for, for each kind of user, with Autopay
    on and off. The clicks are in ``test_click_everywhere``.
    """

    def setUp(self):
        super().setUp()
        self._enrol()
        self.invoices = self._create_due_invoice(100.0)
        declined = self._create_customer("Declined Dahlias")
        self._enrol("pm_card_chargeCustomerFail", declined)
        self.invoices |= self._create_due_invoice(50.0, declined)
        self._run_autopay()
        self.invoices |= self._create_due_invoice(30.0)
        self.env["account.move"].create({"move_type": "out_invoice"})

    def test_every_menu_opens(self):
        for number, (kind, groups) in enumerate(USERS.items()):
            user = self._create_user(f"screen_{number}", groups)
            with self.subTest(user=kind):
                self.assertGreater(self._open_menus(user), 10)

    def test_every_menu_opens_with_autopay_off(self):
        self.company.autopay_enabled = False
        user = self._create_user("screen_off", BILLING_WITH_CONTACTS)
        self.assertGreater(self._open_menus(user), 10)

    # === SCREENS === #

    def _open_menus(self, user):
        """Open all that the menus of both apps lead to; return how many there were."""
        env = self.env(user=user.id)
        menus = env["ir.ui.menu"].load_menus(False)
        roots = [menu for menu in menus.values() if menu.get("xmlid") in APPS]
        self.assertEqual(len(roots), len(APPS))
        found = [menu for root in roots for menu in self._get_menus(menus, root)]
        opened = 0
        for menu in found:
            if menu["action_model"] != "ir.actions.act_window":
                continue
            with self.subTest(menu=menu["name"]):
                action = env[menu["action_model"]].browse(menu["action_id"])
                self._open_action(env, action)
            opened += 1
        return opened

    def _get_menus(self, menus, menu):
        yield menu
        for child in menu["children"]:
            yield from self._get_menus(menus, menus[child])

    def _open_action(self, env, action):
        values = action._get_action_dict()
        context = self._evaluate(env, values["context"] or "{}")
        model = env[values["res_model"]].with_context(**context)
        if model._name in BROKEN_BY_ODOO:
            return
        domain = self._evaluate(env, values["domain"] or "[]")
        views = model.get_views(values["views"], {"load_filters": True})["views"]
        for _view_id, kind in values["views"]:
            arch = etree.fromstring(views[kind]["arch"])
            records = self._list(model, domain, arch)
            if kind == "form":
                self._open_forms(model, records, views[kind]["id"], arch)

    def _list(self, model, domain, arch):
        """Read a first page as the web client does; return its first record."""
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        spec = {
            name: {"fields": {"display_name": {}}}
            if model._fields[name].type == "many2one"
            else {}
            for name in names
            if name in model._fields
        }
        page = model.web_search_read(domain, spec, limit=80)["records"]
        return model.browse([row["id"] for row in page[:3]])

    def _open_forms(self, model, records, view_id, arch):
        for record in records:
            Form(record, view=view_id or None)
        if arch.get("create", "1") in ("0", "false", "False"):
            return
        if model.has_access("create"):
            Form(model, view=view_id or None)

    def _evaluate(self, env, text):
        """Return a context or domain of an action, as the web client evaluates it."""
        if not isinstance(text, str):
            return text
        return safe_eval(
            text,
            {
                "uid": env.uid,
                "active_id": False,
                "active_ids": [],
                "context": dict(env.context),
                "allowed_company_ids": env.companies.ids,
                "context_today": datetime.date.today,
                "relativedelta": relativedelta,
                "time": safe_time,
            },
        )
