from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, HttpCase, tagged

from ...conditions.kinds import Kind
from ..configuration.common_configuration import ConfigurationCommon

FORM = "autopay.autopay_configuration_view_form"


@tagged("post_install", "-at_install")
class TestUninstalledKind(ConfigurationCommon):
    """Conditions whose type came with a module that is gone."""

    def setUp(self):
        super().setUp()
        self.configuration = self._configure(
            self.visa, [{"number": 1.0}, {"number": 2.0}]
        )
        self.condition = self.configuration.condition_ids[1]
        self.env.flush_all()
        self._put_in_database("gone", "in")

    def _put_in_database(self, kind, operator):
        self.env.cr.execute(
            "UPDATE autopay_configuration_condition SET kind = %s, operator = %s"
            " WHERE id = %s",
            [kind, operator, self.condition.id],
        )
        self.env.invalidate_all()

    def test_configuration_is_invalid_in_words(self):
        self.assertEqual(self.configuration.issue_code, "condition_incomplete")
        self.assertIn("not installed", self.configuration.issue)
        self.assertIn(
            "of a type that is not installed", self.configuration.display_name
        )

    def test_nothing_matches_whether_it_asks_for_values_or_excludes_them(self):
        invoice = self._create_due_invoice(280.0)
        for operator in ("in", "not in", "!="):
            self._put_in_database("gone", operator)
            with self.subTest(operator=operator):
                self.assertEqual(self._decide(invoice).blocker, "no_configuration")

    def test_next_configuration_pays(self):
        second = self._configure(self.bank)
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.configuration, second)

    def test_trace_says_so(self):
        trace = self.env["autopay.configuration.trace"]._get_trace(
            self._create_due_invoice(280.0)
        )
        row = trace["configurations"][0]
        self.assertEqual(row["result"], "no_match")
        self.assertEqual([each["holds"] for each in row["conditions"]], [True, False])
        self.assertIn("not installed", row["conditions"][1]["phrase"])

    def test_form_reads_it_and_has_a_name_for_its_type(self):
        spec = {name: {} for name in ("kind", "operator", "kind_codes", "value_type")}
        [values] = self.condition.web_read(spec)
        self.assertEqual(values["kind"], "gone")
        self.assertFalse(values["value_type"])
        field = self.condition.fields_get(["kind"], ["selection"])["kind"]
        self.assertEqual(dict(field["selection"])["gone"], "Not installed")
        self.assertNotIn("gone", values["kind_codes"])

    def test_form_survives_a_change_beside_it_and_refuses_to_save(self):
        with Form(self.configuration, FORM) as form:
            form.token_id = self.bank
            self.assertIn("not installed", form.issue)
            # Rolled back, as a request would be.
            with self.assertRaises(ValidationError) as refused:
                form.save()
            self.assertIn("not installed", str(refused.exception))
            form.condition_ids.remove(index=1)
        self.assertFalse(self.configuration.issue_code)

    def test_configuration_can_be_switched_off(self):
        self.configuration.action_disable()
        self.assertFalse(self.configuration.enabled)

    def test_removing_the_condition_mends_the_configuration(self):
        self.condition.unlink()
        self.assertFalse(self.configuration.issue_code)
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.configuration, self.configuration)


@tagged("post_install", "-at_install")
class TestKindOfAnotherModule(ConfigurationCommon):
    def setUp(self):
        super().setUp()
        model = type(self.env["autopay.condition.domain"])
        kinds = self.env["autopay.condition.domain"]._get_kinds()
        kind = Kind("Invoice Origin", "text", "invoice_origin")
        self.startPatcher(
            patch.object(model, "_get_kinds", lambda _model: {**kinds, "origin": kind})
        )

    def test_row_of_the_registry_is_enough_to_ask_and_to_speak(self):
        configuration = self._configure(
            self.visa, [{"kind": "origin", "operator": "contains", "text": "S00"}]
        )
        invoice = self._create_due_invoice(280.0, invoice_origin="S00042")
        self.assertEqual(self._decide(invoice).configuration, configuration)
        self.assertIn("whose Invoice Origin contains “S00”", configuration.display_name)

    def test_module_brings_its_own_phrases(self):
        model = type(self.env["autopay.condition.domain"])
        phrases = {("origin", "contains"): "that come from %(value)s"}
        self.startPatcher(patch.object(model, "_get_phrases", lambda _model: phrases))
        configuration = self._configure(
            self.visa, [{"kind": "origin", "operator": "contains", "text": "S00"}]
        )
        self.assertIn("that come from “S00”", configuration.display_name)


@tagged("post_install", "-at_install")
class TestChosenRecords(ConfigurationCommon):
    def _configure_product(self, operator):
        return self._configure(
            self.visa,
            [
                {
                    "kind": "line_product",
                    "operator": operator,
                    "product_ids": self.product_a.ids,
                }
            ],
        )

    def _create_product_invoice(self):
        line = {"product_id": self.product_a.id, "price_unit": 100.0, "tax_ids": []}
        return self._create_due_invoice(invoice_line_ids=[(0, 0, line)])

    def test_archived_product_still_counts(self):
        configuration = self._configure_product("in")
        self.product_a.active = False
        self.assertFalse(configuration.issue_code)
        decision = self._decide(self._create_product_invoice())
        self.assertEqual(decision.configuration, configuration)

    def test_archived_product_is_still_excluded(self):
        self._configure_product("not in")
        self.product_a.active = False
        decision = self._decide(self._create_product_invoice())
        self.assertEqual(decision.blocker, "no_configuration")

    def test_taking_the_last_value_out_of_a_condition_is_refused(self):
        condition = self._configure_product("in").condition_ids
        with self.assertRaisesRegex(ValidationError, "has no value"):
            condition.product_ids = False

    def test_warning_goes_away_once_a_value_is_chosen(self):
        configuration = self.env["autopay.configuration"].new(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self.visa.id,
                "condition_ids": [Command.create({"kind": "line_product"})],
            }
        )
        self.assertEqual(configuration.issue_code, "condition_incomplete")
        configuration.condition_ids.product_ids = self.product_a
        self.assertFalse(configuration.issue_code)


@tagged("post_install", "-at_install")
class TestUninstalledKindInBrowser(ConfigurationCommon, HttpCase):
    """A condition of an uninstalled type on the screens; a failure logs an error."""

    def setUp(self):
        super().setUp()
        self.configuration = self._configure(self.visa)
        self.configuration.write({"locked": True, "lock_reason": "Agreed by contract"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE autopay_configuration_condition SET kind = 'gone' WHERE id = %s",
            [self.configuration.condition_ids.id],
        )
        self.env.invalidate_all()
        self.user = self._create_user(
            "autopay_screens", "account.group_account_manager"
        )

    # Two tests: a page that is still open answers slowly beside the next one.
    def test_locked_form_names_it(self):
        self._assert_form_says("Not installed")

    def test_unlocked_form_names_it(self):
        self.configuration.locked = False
        self._assert_form_says("not installed")

    def _assert_form_says(self, words):
        """Wait for the words in the browser; fail without them after a minute."""
        self.browser_js(
            f"/odoo/action-autopay.autopay_configuration_action/{self.configuration.id}",
            f"""
            const timer = setInterval(() => {{
                const form = document.querySelector(".o_form_view");
                if (form && form.innerText.includes("{words}")) {{
                    clearInterval(timer);
                    console.log("test successful");
                }}
            }}, 100);
            """,
            login=self.user.login,
            timeout=60,
        )
