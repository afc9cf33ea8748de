from contextlib import ExitStack

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..configuration.common_configuration import ConfigurationCommon
from .common_unfinished import (
    Walk,
    empty_in_form,
    get_emptied,
    get_fields,
    get_models,
    get_override,
    open_form,
)

MOVE_TYPES = (
    "out_invoice",
    "out_refund",
    "out_receipt",
    "in_invoice",
    "in_refund",
    "in_receipt",
    "entry",
)
# Fields that are empty in a form that was just opened, or was emptied again.
MISSING = {
    "account.move": (
        "partner_id",
        "company_id",
        "journal_id",
        "currency_id",
        "invoice_date",
        "invoice_date_due",
        "date",
        "invoice_payment_term_id",
        "autopay_date",
        "autopay_token_id",
        "name",
    ),
    "account.payment": ("partner_id", "journal_id", "currency_id", "company_id"),
    "res.partner": ("name", "parent_id", "company_id", "country_id"),
    "payment.token": ("partner_id", "provider_id", "payment_method_id"),
    "payment.transaction": (
        "partner_id",
        "provider_id",
        "payment_method_id",
        "currency_id",
        "token_id",
    ),
    "payment.provider": ("company_id", "code", "name"),
    "res.company": ("partner_id", "currency_id", "name"),
}


@tagged("post_install", "-at_install")
class TestUnfinished(ConfigurationCommon):
    """Records that somebody has only begun to fill in, by a walk over all that we add.

    A field, an override or a form that is added later is walked over as well.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = cls._create_user(
            "unfinished_billing",
            "account.group_account_invoice,base.group_partner_manager",
        )
        cls.reader = cls._create_user(
            "unfinished_reader", "account.group_account_readonly"
        )
        cls.employee = cls._create_user("unfinished_employee", "base.group_user")

    def setUp(self):
        super().setUp()
        self._configure(self.visa)
        self._enrol()
        self.invoice = self._create_due_invoice()
        self._run_autopay()
        self.held = self._create_due_invoice()
        self._create_due_invoice()
        self.draft = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create({"name": "Service", "price_unit": 1.0})
                ],
            }
        )
        self.draft.autopay_status = "eligible"
        self.env["res.company"].search([]).autopay_approval_limit = 1.0

    # === SETS === #

    def _get_saved(self, model):
        """Return a few saved records, the ones of this test first."""
        given = {
            "account.move": self.draft | self.invoice | self.held,
            "res.partner": self.customer,
            "res.company": self.company,
        }
        if model._name in given:
            return given[model._name].with_env(model.env)
        return self.env[model._name].search([], limit=2).with_env(model.env)

    def _get_models(self, own):
        """Return the models to walk, with what their forms are opened with."""
        context = {"active_model": "account.move", "active_ids": self.held.ids}
        wizard = "account.payment.register"
        return [
            model.with_context(**context) if model._name == wizard else model
            for model in get_models(self.env, own)
        ]

    def _get_sets(self, model):
        """Yield (name, records) for everything that a field can be read on."""
        yield "empty", model
        yield "new", model.new({})
        saved = self._get_saved(model)
        yield "mixed", saved | model.new({})
        for record in saved:
            yield "edited", model.new({}, origin=record)
            yield "both", record | model.new({}, origin=record)
        # Nobody fills in what he may not see.
        names = [
            name
            for name in MISSING.get(model._name, ())
            if model._has_field_access(model._fields[name], "read")
        ]
        yield "all missing", model.new(dict.fromkeys(names, False))
        for name in names:
            yield f"no {name}", model.new({name: False})
            for record in saved[:1]:
                yield f"{name} emptied", model.new({name: False}, origin=record)
        if model._name == "account.move":
            yield from self._get_moves(model)

    def _get_moves(self, model):
        for move_type in MOVE_TYPES:
            kind = {"move_type": move_type, "autopay_status": "eligible"}
            yield move_type, model.new(kind)
            payer = {"partner_id": self.customer.id}
            yield f"{move_type} of a customer", model.new({**kind, **payer})
            new = model.new({**payer, "currency_id": False, **kind})
            yield f"{move_type} no currency", new
            yield f"{move_type} posted", model.new({**kind, "state": "posted"})
        customer = self.env["res.partner"].new({"name": "Not saved"})
        yield "of a new customer", model.new({"partner_id": customer})

    # === FIELDS === #

    def _read_all(self, model, walk):
        for name, records in self._get_sets(model):
            for field in get_fields(model):
                if model._has_field_access(field, "read"):
                    with walk.step(model._name, field.name, name):
                        for record in records:
                            record[field.name]
                        records.mapped(field.name)

    def _assert_sound(self, walk, least):
        self.assertGreater(walk.count, least)
        self.assertFalse(walk.faults, walk.get_report())

    def test_every_field_of_ours_on_shared_models_stands_what_is_unfinished(self):
        walk = Walk()
        for model in self._get_models(own=False):
            self._read_all(model, walk)
        self._assert_sound(walk, 1000)

    def test_every_field_of_our_own_models_stands_what_is_unfinished(self):
        walk = Walk()
        for model in self._get_models(own=True):
            self._read_all(model, walk)
        self._assert_sound(walk, 1000)

    def test_the_same_holds_for_users_with_fewer_rights(self):
        # Users who have no business with autopay see our overrides, no field of ours.
        for user, tolerated, least in (
            (self.billing, (), 100),
            (self.reader, AccessError, 100),
            (self.employee, AccessError, 10),
        ):
            walk = Walk(tolerated)
            for name in ("account.move", "res.partner", "account.payment"):
                self._read_all(self.env[name].with_user(user), walk)
            with self.subTest(user=user.login):
                self._assert_sound(walk, least)

    def test_the_walk_finds_fields_and_computations_that_we_override(self):
        names = {field.name for field in get_fields(self.env["account.move"])}
        self.assertIn("autopay_blocker", names)
        self.assertIn("display_name", {f.name for f in get_fields(self.visa)})
        payment = get_fields(self.env["account.payment"])
        self.assertIn("amount_available_for_refund", {f.name for f in payment})
        self.assertNotIn("partner_id", names)

    def test_a_form_that_is_opened_says_that_nothing_is_posted(self):
        form = open_form(self.env["account.move"], default_move_type="out_invoice")
        self.assertEqual(form.autopay_blocker, "not_posted")
        self.assertEqual(form.autopay_explanation, "The invoice is not posted.")

    def test_a_form_says_of_what_is_edited_what_holds_of_it(self):
        self.company.autopay_approval_limit = 0.0
        customer = self._create_customer("Pays by debit")
        self._enrol("pm_usBankAccount_success", customer)
        held = self._create_due_invoice(customer=customer)
        self._run_autopay()
        self.assertEqual(held.autopay_blocker, "debit_pending")
        edited = self.env["account.move"].new({"ref": "PO 1"}, origin=held)
        self.assertEqual(edited.autopay_blocker, "debit_pending")

    def test_a_form_says_of_a_customer_who_is_edited_what_holds_of_him(self):
        customer = self._create_customer("Without configurations")
        self._enrol(customer=customer)
        self.assertEqual(customer.autopay_readiness, "ready")
        edited = self.env["res.partner"].new({"ref": "C 1"}, origin=customer)
        self.assertEqual(edited.autopay_readiness, "ready")

    # === SEARCHES === #

    def test_every_field_of_ours_can_be_searched_for_nothing(self):
        walk = Walk()
        for own in (True, False):
            for model in self._get_models(own):
                for field in get_fields(model):
                    if field._description_searchable:
                        self._search_nothing(model, field, walk)
        self._assert_sound(walk, 500)

    def _search_nothing(self, model, field, walk):
        value = ["ready"] if field.name == "autopay_readiness" else [False]
        for operator in ("in", "not in"):
            with walk.step(model._name, field.name, operator):
                model.search([(field.name, operator, value)], limit=1)
            with walk.step(model._name, field.name, operator, "[]"):
                model.search([(field.name, operator, [])], limit=1)

    # === FORMS === #

    def _walk_form(self, walk, model, record, **context):
        """Open a form, and empty what somebody can empty in it, one after the other."""
        with walk.step(model._name, "opened", context, stock=True):
            form = open_form(record or model, **context)
            for name in get_emptied(form, model):
                with walk.step(model._name, name, "emptied", context, stock=True):
                    empty_in_form(form, record or model, name)

    def test_every_model_of_ours_is_found_by_typing(self):
        user = self._create_user("typing", "account.group_account_manager")
        for model in get_models(self.env, own=True):
            model = model.with_user(user)
            if model._transient or not model.has_access("read"):
                continue
            with self.subTest(model=model._name):
                self.assertEqual(model.name_search("no such name anywhere"), [])

    def test_forms_of_new_entries_of_all_kinds_open(self):
        walk = Walk()
        model = self.env["account.move"]
        for user in (self.env.user, self.billing):
            for move_type in MOVE_TYPES:
                context = {"default_move_type": move_type}
                with walk.step(move_type, user.login):
                    open_form(model.with_user(user), **context)
        self._assert_sound(walk, 10)

    def test_fields_are_emptied_in_forms_of_shared_models(self):
        walk = Walk()
        for model in self._get_models(own=False):
            self._walk_form(walk, model, model)
            for record in self._get_saved(model):
                self._walk_form(walk, model, record)
        self._assert_sound(walk, 300)

    def test_fields_are_emptied_in_forms_of_our_own_models(self):
        walk = Walk()
        for model in self._get_models(own=True):
            self._walk_form(walk, model, model)
            for record in self._get_saved(model)[:1]:
                self._walk_form(walk, model, record)
        self._assert_sound(walk, 100)

    # === OVERRIDES === #

    def test_overrides_stand_empty_and_new_records(self):
        walk = Walk()
        for model in self._get_models(own=False):
            for name in self._get_callable_overrides(model):
                for kind, records in (("empty", model), ("new", model.new({}))):
                    with ExitStack() as stack:
                        stack.enter_context(
                            walk.step(model._name, name, kind, stock=True)
                        )
                        stack.enter_context(mute_logger("odoo.addons"))
                        stack.enter_context(self.cr.savepoint())
                        getattr(records, name)()
        self._assert_sound(walk, 20)

    def _get_callable_overrides(self, model):
        """Return the names of methods that we override and that take no arguments."""
        for name in dir(type(model)):
            cls = get_override(model, name)
            function = cls and vars(cls)[name]
            code = getattr(function, "__code__", None)
            if code and code.co_argcount - len(function.__defaults__ or ()) == 1:
                yield name
