from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common_configuration import ConfigurationCommon

SEED = [
    {"kind": "amount_total", "operator": ">=", "number": 100.0},
    {"kind": "age", "operator": ">=", "number": 15},
]


@tagged("post_install", "-at_install")
class TestAutopayConfigurationForm(ConfigurationCommon):
    def _create_staff(self, group):
        return new_test_user(
            self.env,
            f"form_{group}",
            f"account.{group}",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    # === FORM === #

    def test_form_warns_until_the_method_is_chosen(self):
        form = Form(self.env["autopay.configuration"])
        form.partner_id = self.customer
        with form.condition_ids.new() as condition:
            condition.number = 100.0
        self.assertEqual(form.issue, "Choose the payment method that pays.")
        form.token_id = self.visa
        self.assertFalse(form.issue)

    def test_form_says_what_the_records_of_a_condition_lack(self):
        form = Form(self.env["autopay.configuration"])
        form.partner_id = self.customer
        form.token_id = self.visa
        with form.condition_ids.new() as condition:
            condition.kind = "line_product"
        self.assertIn("has no value", form.issue)
        with form.condition_ids.edit(0) as condition:
            condition.product_ids.add(self.env["product.product"].search([], limit=1))
        self.assertFalse(form.issue)

    def test_several_conditions_keep_advanced_on(self):
        configuration = self._configure(self.visa, SEED)
        self.assertTrue(configuration.is_advanced)
        with Form(configuration) as form:
            with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
                form.is_advanced = False
            self.assertIn("Remove them first", logs.output[0])
            self.assertTrue(form.is_advanced)

    def test_basic_form_offers_basic_types_only(self):
        basic = self._configure().condition_ids
        self.assertIn("amount_due", basic.kind_codes)
        self.assertNotIn("age", basic.kind_codes)
        advanced = self._configure(self.visa, SEED).condition_ids[:1]
        self.assertIn("age", advanced.kind_codes)

    def test_customer_shows_configurations_of_the_present_company(self):
        own = self._configure()
        other = self.env["res.company"].create({"name": "Other"})
        customer = self.customer
        self.assertEqual(customer.autopay_configuration_ids, own)
        self.assertFalse(customer.with_company(other).autopay_configuration_ids)

    # === LOCK === #

    def test_wizard_locks_with_a_reason_and_names_what_is_tried_before(self):
        first, second = self._configure(self.visa, SEED), self._configure()
        action = second.with_user(
            self._create_staff("group_account_manager")
        ).action_lock()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.env["res.users"].search([], order="id desc", limit=1))
            .with_context(**action["context"])
            .create({"reason": "Agreed in the contract"})
        )
        self.assertEqual(wizard.above, first.display_name)
        wizard.action_apply()
        self.assertTrue(second.locked)
        self.assertEqual(second.lock_reason, "Agreed in the contract")
        self.assertFalse(first.locked)

    def test_wizard_without_a_reason_locks_nothing(self):
        configuration = self._configure()
        wizard = self.env["autopay.configuration.lock.wizard"].create(
            {"configuration_ids": configuration.ids, "reason": " "}
        )
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()

    def test_billing_user_is_not_asked_for_a_reason(self):
        configuration = self._configure().with_user(
            self._create_staff("group_account_invoice")
        )
        with self.assertRaises(AccessError):
            configuration.action_lock()

    # === IMPORT AND EXPORT === #

    def test_exported_configurations_come_back_when_imported(self):
        configuration = self._configure(self.visa, SEED)
        names = [
            "partner_id/.id",
            "token_id/.id",
            "max_amount",
            "condition_ids/kind",
            "condition_ids/operator",
            "condition_ids/number",
        ]
        rows = configuration.export_data(names)["datas"]
        self.assertEqual(len(rows), 2)
        rows = [[str(value or "") for value in row] for row in rows]
        result = self.env["autopay.configuration"].load(names, rows)
        self.assertFalse(result["messages"])
        copy = self.env["autopay.configuration"].browse(result["ids"])
        self.assertEqual(copy.display_name, configuration.display_name)
        self.assertEqual(copy.sequence, configuration.sequence + 1)

    def test_import_of_an_invalid_configuration_is_refused_in_words(self):
        result = self.env["autopay.configuration"].load(
            ["partner_id/.id", "condition_ids/kind", "condition_ids/number"],
            [[str(self.customer.id), "amount_total", "100"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("payment method", result["messages"][0]["message"])

    def test_copy_is_switched_off_and_revives_no_consent(self):
        configuration = self._configure(self.visa)
        consent = self.visa.autopay_authorization_ids
        consent.action_revoke()
        copy = configuration.copy()
        configuration.write({"token_id": self.visa.id})
        self.assertFalse(copy.enabled)
        self.assertEqual(self.visa.autopay_authorization_ids, consent)
        with self.assertRaisesRegex(ValidationError, "revoked"):
            copy.action_enable()

    # === WHY === #

    def test_trace_shows_each_condition_with_what_the_invoice_has(self):
        self._configure(self.visa, SEED)
        invoice = self._create_due_invoice(280.0)
        reader = self._create_staff("group_account_readonly")
        trace = str(invoice.with_user(reader).autopay_trace)
        for text in ("15 days", "10 days", "fa-check", "fa-times", "Does not match"):
            with self.subTest(text=text):
                self.assertIn(text, trace)

    def test_trace_as_data_says_when_the_invoice_could_match(self):
        configuration = self._configure(self.visa, SEED)
        invoice = self._create_due_invoice(280.0)
        data = invoice.with_user(
            self._create_staff("group_account_invoice")
        ).get_autopay_trace()
        [row] = data["configurations"]
        self.assertEqual((row["id"], row["result"]), (configuration.id, "no_match"))
        day = fields.Date.to_string(self.today + timedelta(days=5))
        self.assertEqual((row["date"], row["conditions"][1]["date"]), (day, day))
        self.assertEqual([each["holds"] for each in row["conditions"]], [True, False])
        self.assertEqual(data["explanation"], invoice.autopay_explanation)

    def test_trace_names_what_is_disabled_and_the_explanation_does_not(self):
        disabled = self._configure(self.visa, [{"number": 50.0}])
        disabled.action_disable()
        asked = self._configure(self.visa, SEED)
        invoice = self._create_due_invoice(280.0)
        rows = invoice.with_user(self._create_staff("group_account_invoice"))
        found = [
            (row["id"], row["result"])
            for row in rows.get_autopay_trace()["configurations"]
        ]
        self.assertEqual(found, [(asked.id, "no_match"), (disabled.id, "disabled")])
        self.assertIn("Disabled, not asked", str(invoice.autopay_trace))
        self.assertNotIn("50", invoice.autopay_explanation)

    def test_invoice_without_an_attempt_has_no_response(self):
        self.assertFalse(self._create_due_invoice(280.0).autopay_response)

    def test_trace_is_for_staff_only(self):
        invoice = self._create_due_invoice(280.0)
        employee = new_test_user(self.env, "form_employee", "base.group_user")
        with self.assertRaises(AccessError):
            invoice.with_user(employee).get_autopay_trace()
