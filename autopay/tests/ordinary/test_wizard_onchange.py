from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common_resolve import ResolveCommon

MOVES = "move_ids"


@tagged("post_install", "-at_install")
class TestWizardOnchange(ResolveCommon):
    """An unsaved wizard tells nothing of records that the user may not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Second Company"})
        cls.foreigner = cls._create_user(
            "onchange_foreigner", "account.group_account_manager", company=cls.other
        )

    def setUp(self):
        super().setUp()
        self.invoice, self.attempt = self._leave_unknown()

    def _ask(self, model, user, values, name, **context):
        """Return what a form gets that asks for one field."""
        self.env.flush_all()
        self.env.invalidate_all()
        wizard = self.env[model].with_user(user).with_context(**context)
        spec = {name: {}, **{field: {} for field in values}}
        return wizard.onchange(values, list(values), spec)["value"]

    def _get_fields(self, model, *left_out):
        """Return the fields of a wizard that it computes, by name."""
        fields = self.env[model]._fields.values()
        return [
            field.name
            for field in fields
            if field.compute and field.name not in left_out
        ]

    def _assert_hidden(self, model, values, names):
        for name in names:
            with self.subTest(model=model, name=name), self.assertRaises(AccessError):
                self._ask(model, self.foreigner, values, name)

    def test_resolving_tells_nothing_of_attempts_of_other_companies(self):
        values = {"attempt_id": self.attempt.id, "kind": "checked"}
        names = self._get_fields("autopay.resolve", "display_name")
        self.assertEqual(len(names), 13)
        self._assert_hidden("autopay.resolve", values, names)

    def test_resolving_tells_nothing_by_default_values(self):
        context = {
            "default_attempt_id": self.attempt.id,
            "default_kind": "checked",
        }
        wizard = self.env["autopay.resolve"].with_user(self.foreigner)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.with_context(**context).onchange({}, [], {"explanation": {}})

    def test_resolving_tells_the_users_of_the_company_what_is_known(self):
        values = {"attempt_id": self.attempt.id, "kind": "checked"}
        for name, expected in (
            ("explanation", self.attempt.explanation),
            ("amount", self.attempt.amount),
            ("sent_date", self.attempt.charging_date),
            ("transaction_reference", self.attempt.transaction_id.reference),
        ):
            with self.subTest(name=name):
                found = self._ask("autopay.resolve", self.biller, values, name)
                self.assertEqual(found[name], expected)

    def test_charging_now_tells_nothing_of_invoices_of_other_companies(self):
        values = {MOVES: [Command.set(self.invoice.ids)]}
        names = ("payer_id", "token_id", "is_unauthorized", "ready_ids", "total")
        self._assert_hidden("autopay.charge.now", values, names)

    def test_line_of_charging_now_tells_nothing_of_foreign_invoices(self):
        values = {"move_id": self.invoice.id}
        model = "autopay.charge.now.line"
        self._assert_hidden(model, values, ("partner_id", "due_date"))
        # The currency is what the dialog has shown: of itself a row knows none.
        told = self._ask(model, self.foreigner, values, "currency_id")
        self.assertFalse(told.get("currency_id"))

    def test_locking_tells_nothing_of_configurations_of_other_companies(self):
        configuration = self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self._create_token().id,
                "condition_ids": [Command.create({"number": 1.0})],
            }
        )
        values = {"configuration_ids": [Command.set(configuration.ids)]}
        model = "autopay.configuration.lock.wizard"
        self._assert_hidden(model, values, ("chosen", "above"))

    def test_setting_a_date_tells_nothing_of_invoices_of_other_companies(self):
        values = {MOVES: [Command.set(self.invoice.ids)], "date": str(self.today)}
        names = ("changed_count", "not_eligible_count", "is_past")
        self._assert_hidden("autopay.set.date", values, names)
