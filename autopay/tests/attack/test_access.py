import contextlib
import inspect

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import Form, new_test_user, tagged

from ..common import AutopayCommon

NOUNS = (
    "autopay.attempt",
    "autopay.attempt.line",
    "autopay.authorization",
    "autopay.run",
)
WIZARDS = {
    "autopay.charge.now": "move_ids",
    "autopay.set.date": "move_ids",
    "autopay.plan.wizard": "move_id",
    "autopay.policy": None,
}
# Models that a form of an invoice reads.
INVOICE_MODELS = (
    "account.account",
    "account.journal",
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
)
# Public by Odoo's convention: what they read or write is checked by the ORM.
ORM_METHODS = {"create", "write", "default_get"}

# Methods that the web client calls; each asks for rights itself.
SERVICES = {
    "autopay.overview": [
        "action_get_overview",
        "action_get_slow_cards",
        "action_open_app",
    ]
}


@tagged("post_install", "-at_install")
class TestAccess(AutopayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "billing": "account.group_account_invoice",
            "manager": "account.group_account_manager",
            "reader": "account.group_account_readonly",
            "employee": "base.group_user,base.group_partner_manager",
        }
        cls.users = {
            name: new_test_user(
                cls.env,
                f"autopay_{name}",
                group,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for name, group in groups.items()
        }

    def _charge_something(self):
        """Return one record of each noun, of an invoice that was charged."""
        self._enrol()
        self.invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = self.invoice.autopay_attempt_ids
        return [attempt, attempt.line_ids, attempt.authorization_id, attempt.run_id]

    def _create_wizard(self, model, user):
        field = WIZARDS[model]
        value = self.invoice.id if field == "move_id" else self.invoice.ids
        vals = {field: value} if field else {}
        return self.env[model].with_user(user).create(vals)

    def _get_arch(self, model, user):
        return self.env[model].with_user(user).get_view(view_type="form")["arch"]

    # === BILLING USERS === #

    def test_billing_users_put_invoices_on_autopay_and_take_them_off(self):
        invoice = self._create_posted_invoice().with_user(self.users["billing"])
        invoice.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_status, "eligible")
        invoice.action_autopay_remove()
        self.assertFalse(invoice.autopay_status)

    def test_billing_users_see_and_open_charge_now(self):
        self._enrol()
        invoice = self._create_posted_invoice().with_user(self.users["billing"])
        action = invoice.action_autopay_charge_now()
        self.assertEqual(action["context"]["default_move_ids"], invoice.ids)
        wizard = self.env[action["res_model"]].with_user(self.users["billing"])
        form = Form(wizard.with_context(**action["context"]))
        self.assertEqual(form.charge_count, 1)

    def test_billing_users_read_what_the_engine_did(self):
        for record in self._charge_something():
            self.assertTrue(record.with_user(self.users["billing"]).read())
            with self.assertRaises(AccessError):
                record.with_user(self.users["billing"]).write({"company_id": 1})
            with self.assertRaises(AccessError):
                record.with_user(self.users["billing"]).unlink()

    # === READERS === #

    def test_readers_see_everything(self):
        for record in self._charge_something():
            self.assertTrue(record.with_user(self.users["reader"]).read())
        token = self.customer.with_user(self.users["reader"]).autopay_token_id
        self.assertEqual(
            token.with_context(autopay_brand=True).display_name[:4], "VISA"
        )

    def test_readers_change_nothing(self):
        for record in self._charge_something():
            with self.assertRaises(AccessError):
                record.with_user(self.users["reader"]).write({"company_id": 1})
        invoice = self.invoice.with_user(self.users["reader"])
        for name in ("make_eligible", "remove", "charge_now"):
            with self.assertRaises(AccessError):
                getattr(invoice, f"action_autopay_{name}")()
        for model in WIZARDS:
            with self.assertRaises(AccessError):
                self._create_wizard(model, self.users["reader"])

    def test_readers_cannot_choose_a_method_even_if_they_edit_contacts(self):
        token = self._create_token()
        reader = self.users["reader"]
        reader.group_ids += self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.customer.with_user(reader).autopay_token_id = token
        field = etree.fromstring(self._get_arch("res.partner", reader)).find(
            ".//page[@name='autopay']//field[@name='autopay_token_id']"
        )
        self.assertEqual(field.get("readonly"), "1")

    def test_readers_open_the_forms(self):
        self._charge_something()
        reader = self.users["reader"]
        with Form(self.invoice.with_user(reader)) as form:
            self.assertEqual(form.autopay_status, "success")
        with Form(self.customer.with_user(reader)) as form:
            self.assertEqual(form.autopay_readiness, "ready")

    # === EMPLOYEES === #

    def test_employees_read_nothing(self):
        for record in self._charge_something():
            with self.assertRaises(AccessError):
                record.with_user(self.users["employee"]).read()

    def test_employees_see_nothing_of_autopay_on_customers(self):
        arch = self._get_arch("res.partner", self.users["employee"])
        self.assertNotIn("autopay", arch)

    def test_salespeople_open_invoices_and_see_nothing_of_autopay(self):
        self._charge_something()
        for model in INVOICE_MODELS:
            self._grant_read(model)
        arch = self._get_arch("account.move", self.users["employee"])
        self.assertNotIn("autopay", arch)
        form = Form(self.invoice.with_user(self.users["employee"]))
        self.assertEqual(form.name, self.invoice.name)

    def _grant_read(self, model):
        """Let employees read, as Odoo's sales application does."""
        self.env["ir.model.access"].sudo().create(
            {
                "name": "employees",
                "model_id": self.env["ir.model"]._get_id(model),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )

    def test_employees_go_on_editing_contacts(self):
        self._enrol()
        with Form(self.customer.with_user(self.users["employee"])) as form:
            form.name = "Green Valley Dairies"
        self.assertEqual(self.customer.name, "Green Valley Dairies")
        partners = self.env["res.partner"].with_user(self.users["employee"])
        self.assertTrue(partners.create({"name": "New contact"}))

    def test_employees_cannot_decide_who_is_charged(self):
        token = self._enrol()
        customer = self.customer.with_user(self.users["employee"])
        with self.assertRaises(AccessError):
            customer.autopay_token_id = False
        with self.assertRaises(AccessError):
            customer.autopay_policy = "automatic"
        with self.assertRaises(AccessError):
            customer.create({"name": "New", "autopay_token_id": token.id})

    def test_every_public_method_refuses_employees(self):
        records = self._charge_something()
        wizards = [self._create_wizard(model, self.env.user) for model in WIZARDS]
        for record in (*records, *wizards):
            for name in self._get_own_public_methods(record):
                with self.subTest(f"{record._name}.{name}"):
                    method = getattr(record.with_user(self.users["employee"]), name)
                    self.assertRaises(AccessError, method)

    def test_actions_on_invoices_refuse_employees(self):
        self._charge_something()
        invoice = self.invoice.with_user(self.users["employee"])
        for name in ("make_eligible", "remove", "charge_now"):
            with self.assertRaises(AccessError):
                getattr(invoice, f"action_autopay_{name}")()

    def _get_own_public_methods(self, record):
        """Return the names of what can be called from outside and is ours."""
        members = inspect.getmembers(type(record), inspect.isfunction)
        return [
            name
            for name, function in members
            if function.__module__.startswith("odoo.addons.autopay.")
            and not name.startswith("_")
            and name not in ORM_METHODS
        ]

    # === REMOTE CALLS === #

    def test_engine_cannot_be_called_from_outside(self):
        abstract = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("autopay.")
            and model._abstract
            and not self._has_records(model)
        ]
        self.assertIn("autopay.engine", abstract)
        for name in abstract:
            found = self._get_own_public_methods(self.env[name])
            self.assertEqual(found, SERVICES.get(name, []), name)

    def _has_records(self, model):
        """Return whether a model is a part of one that has records, and rights."""
        children = map(self.env.registry.__getitem__, model._inherit_children)
        return any(
            not child._abstract or self._has_records(child) for child in children
        )

    def test_private_methods_are_refused_to_remote_callers(self):
        for model, name in (
            ("autopay.engine", "_charge_now"),
            ("autopay.run", "_cron_charge_due_invoices"),
            ("autopay.authorization", "_record"),
        ):
            with self.assertRaises(AccessError):
                get_public_method(self.env[model], name)

    # === COMPANIES === #

    def test_records_of_other_companies_are_hidden(self):
        records = self._charge_something()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "autopay_stranger",
            "account.group_account_invoice,account.group_account_readonly",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in records:
            with self.assertRaises(AccessError):
                record.with_user(stranger).read()
            found = self.env[record._name].with_user(stranger).search([])
            self.assertNotIn(record, found)

    def _get_dialogs(self):
        """Return (model, field, value of the field) of our dialogs about invoices."""
        fields = [
            (model, field)
            for model in self.env.values()
            if model._transient
            and model._name.startswith("autopay.")
            # Rows are made in their dialogs.
            and "wizard_id" not in model._fields
            for field in model._fields.values()
            if field.comodel_name == "account.move" and field.store
        ]
        one, ids = self.invoice.id, [Command.set(self.invoice.ids)]
        return [
            (model, field.name, one if field.type == "many2one" else ids)
            for model, field in fields
        ]

    def _ask_as(self, user, model, name, value):
        """Return all that a dialog says about an invoice, as text; empty if nothing."""
        dialogs = model.with_user(user).with_context(lang="en_US")
        specs = [name], dict.fromkeys(model._fields, {})
        said = []
        for ask in (
            lambda: dialogs.onchange({name: value}, *specs),
            lambda: dialogs.create({name: value}).read(),
        ):
            with (
                contextlib.suppress(AccessError, UserError, ValidationError),
                self.env.cr.savepoint(),
            ):
                said.append(ask())
        return str(said)

    def test_no_dialog_says_anything_of_invoices_of_other_companies(self):
        self._enrol()
        self.invoice = self._create_due_invoice(345.67)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "autopay_stranger",
            "account.group_account_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        shown = 0
        for model, name, value in self._get_dialogs():
            with self.subTest(dialog=model._name, field=name):
                own = self._ask_as(self.users["manager"], model, name, value)
                shown += "345.67" in own
                text = self._ask_as(stranger, model, name, value)
                self.assertNotIn("345.67", text)
                self.assertNotIn(self.invoice.name, text)
                self.assertNotIn(self.customer.name, text)
        self.assertGreaterEqual(shown, 2)

    def test_wizards_are_their_users_own(self):
        self._charge_something()
        for model in ("autopay.charge.now", "autopay.set.date", "autopay.plan.wizard"):
            wizard = self._create_wizard(model, self.users["manager"])
            with self.assertRaises(AccessError):
                wizard.with_user(self.users["billing"]).read()

    def test_every_dialog_has_a_rule_that_keeps_it_to_its_user(self):
        for model in self.env.values():
            if not (model._transient and model._name.startswith("autopay.")):
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
            own = [rule for rule in rules if "create_uid" in rule.domain_force]
            with self.subTest(dialog=model._name):
                self.assertTrue(own)

    # === CUSTOMERS === #

    def test_customers_do_not_read_what_staff_are_told(self):
        self._charge_something()
        portal = new_test_user(self.env, "autopay_portal", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        self.invoice.message_subscribe(portal.partner_id.ids)
        invoice = self.invoice.with_user(portal)
        self.assertTrue(invoice.read(["name"]))
        for name in ("outcome", "response", "blocker", "explanation", "hold_reason"):
            with self.assertRaises(AccessError):
                invoice.read([f"autopay_{name}"])
