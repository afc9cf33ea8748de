from datetime import timedelta
from functools import partial
from unittest.mock import ANY

from odoo import Command
from odoo.exceptions import ValidationError

from .common_configuration import ConfigurationCommon


class TestAutopayConfigurationIssue(ConfigurationCommon):
    """One way to each issue that comes to a configuration that was valid."""

    def setUp(self):
        super().setUp()
        self.configuration = self._configure(self.visa)

    def _check_issue(self, code, words):
        """Check that a configuration has an issue, and that nothing is charged."""
        self.env.invalidate_all()
        self.assertEqual(self.configuration.issue_code, code)
        self.assertIn(words, self.configuration.issue)
        found = self.env["autopay.configuration"].search([("issue_code", "=", code)])
        self.assertIn(self.configuration, found)
        decision = self._decide(self._create_due_invoice())
        self.assertEqual(decision.choice.invalid, self.configuration)
        self.assertTrue(decision.blocker)

    def test_valid_configuration_has_no_issue(self):
        self.assertFalse(self.configuration.issue)
        self.assertFalse(self.configuration.issue_code)

    def test_archived_method(self):
        self.visa.active = False
        self._check_issue("method_archived", "was removed")

    def test_expired_method(self):
        self.visa.autopay_expiry_date = self.today - timedelta(days=1)
        self._check_issue("method_expired", "has expired")

    def test_method_of_another_customer(self):
        self.visa.partner_id = self._create_customer("Red Barn Farm")
        self._check_issue("method_of_other_customer", "belongs to another customer")

    def test_disabled_provider(self):
        # Odoo archives the methods of a provider that is switched off by its form.
        self._force(self.provider, state="disabled")
        self._check_issue("provider_disabled", "is disabled")

    def test_provider_of_another_company(self):
        other = self.setup_other_company()["company"]
        self._force(self.provider, company_id=other.id)
        self._check_issue("provider_company", "belongs to another company")

    def test_provider_that_captures_by_hand(self):
        self._force(self.provider, capture_manually=True)
        self._check_issue("provider_unsupported", "Manual capture must be off")

    def test_product_that_was_deleted(self):
        product = self.env["product.product"].create({"name": "Hosting"})
        conditions = [
            {
                "kind": "line_product",
                "operator": "not in",
                "product_ids": [Command.set(product.ids)],
            }
        ]
        self.configuration = self._configure(self.visa, conditions)
        product.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.configuration.issue_code, "condition_incomplete")
        self.assertIn("has no value", self.configuration.issue)
        choice = self.env["autopay.configuration.choice"]
        invoice = self._create_due_invoice()
        matching = choice._get_matching_domain(self.configuration, self.today)
        self.assertFalse(invoice.filtered_domain(matching))

    def test_customer_that_became_a_contact(self):
        self.customer.parent_id = self._create_customer("Red Barn Farm")
        self.env.invalidate_all()
        codes = self.configuration._get_issues()[self.configuration]
        self.assertIn("customer_is_contact", codes)
        self.assertIn("is a contact of another customer", self.configuration.issue)

    def test_revoked_authorization(self):
        self.visa.autopay_authorization_ids._revoke("Changed their mind")
        self._check_issue("authorization_revoked", "was revoked")

    def test_method_never_authorized(self):
        self._force(self.configuration, token_id=self._create_token().id)
        self._check_issue("no_authorization", "has not authorized")

    def test_branch_pays_with_the_provider_of_its_parent(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids |= branch
        configuration = self._configure(self.visa, company_id=branch.id)
        self.assertFalse(configuration.issue)

    def test_two_companies_have_lists_and_authorizations_of_their_own(self):
        self.visa.autopay_authorization_ids._revoke("Changed their mind")
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids |= branch
        other = self._configure(self.visa, company_id=branch.id)
        self.env.invalidate_all()
        issues = (self.configuration | other)._get_issues()
        self.assertEqual(issues[self.configuration], ["authorization_revoked"])
        self.assertFalse(issues[other])

    def test_each_issue_has_a_sentence(self):
        for code in self.configuration._get_issue_codes():
            with self.subTest(code=code):
                sentence = self.configuration._get_issue_sentence(code)
                self.assertNotIn("%(", sentence)


class TestAutopayConfigurationRefusal(ConfigurationCommon):
    """Invalid values are not saved, by whatever way they come."""

    def _get_passing_issues(self):
        """Return {code: (values that make a configuration invalid, words)}."""
        other = self._create_customer("Red Barn Farm")
        contact = self._create_customer("Jo", parent_id=self.customer.id)
        archived = self._create_token()
        expired = self._create_token(autopay_expiry_date=self.today - timedelta(days=1))
        archived.active = False
        return {
            "no_method": ({"token_id": False}, "Choose the payment method"),
            "method_archived": ({"token_id": archived.id}, "was removed"),
            "method_expired": ({"token_id": expired.id}, "has expired"),
            "method_of_other_customer": (
                {"token_id": self._create_token(customer=other).id},
                "belongs to another customer",
            ),
            "customer_is_contact": ({"partner_id": contact.id}, "another customer"),
            "no_condition": ({"condition_ids": [Command.clear()]}, "Add a condition"),
            "condition_incomplete": (
                _one({"kind": "reference", "operator": "contains", "text": " ; "}),
                "has no value",
            ),
            "upside_down": (
                _one({"operator": "between", "number": 5.0, "number_to": 1.0}),
                "upside down",
            ),
            "half_days": (_one({"kind": "age", "number": 1.5}), "whole days"),
            "contradiction": (
                _one({"number": 100.0}, {"operator": "<", "number": 50.0}),
                "excludes",
            ),
        }

    def test_create_and_write_refuse_what_is_not_valid(self):
        configuration = self._configure(self.visa)
        for code, (values, words) in self._get_passing_issues().items():
            conditions = [] if code == "no_condition" else None
            with self.subTest(code=code, way="create"):
                create = partial(self._configure, conditions=conditions, **values)
                self._check_refused(words, create)
            with self.subTest(code=code, way="write"):
                self._check_refused(words, partial(configuration.write, values))

    def _check_refused(self, words, change):
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            change()
        self.env.invalidate_all()

    def test_import_refuses_what_is_not_valid(self):
        header = ["partner_id/.id", "company_id/.id", "token_id/.id"]
        header += ["condition_ids/kind", "condition_ids/operator"]
        header += ["condition_ids/number"]
        ids = [self.customer.id, self.company.id, self.visa.id]
        row = [*map(str, ids), "amount_total", ">="]
        load = self.env["autopay.configuration"].load
        refused = load(header, [[*row, "0"]])
        self.assertFalse(refused["ids"])
        self.assertIn("above zero", refused["messages"][0]["message"])
        self.assertEqual(load(header, [[*row, "100"]])["ids"], [ANY])

    def test_what_became_invalid_cannot_be_enabled(self):
        configuration = self._configure(self.visa)
        configuration.action_disable()
        self.visa.active = False
        self._check_refused("was removed", configuration.action_enable)

    def test_what_became_invalid_may_be_disabled_moved_and_locked(self):
        configuration = self._configure(self.visa)
        self._configure(self.bank)
        self.visa.active = False
        configuration.action_disable()
        configuration.sequence = 50
        configuration.write({"locked": True, "lock_reason": "Until they call"})
        self.assertEqual(
            configuration.read(["enabled", "sequence", "locked"])[0],
            {
                "id": configuration.id,
                "enabled": False,
                "sequence": 50,
                "locked": True,
            },
        )

    def test_two_conditions_can_change_together_past_a_contradiction(self):
        configuration = self._configure(
            self.visa,
            [{"operator": ">", "number": 100.0}, {"operator": "<", "number": 200.0}],
        )
        low, high = configuration.condition_ids
        configuration.condition_ids = [
            Command.update(low.id, {"number": 300.0}),
            Command.update(high.id, {"number": 400.0}),
        ]
        self.assertEqual(configuration.condition_ids.mapped("number"), [300.0, 400.0])

    def test_condition_alone_cannot_be_made_a_contradiction(self):
        configuration = self._configure(
            self.visa,
            [{"operator": ">", "number": 100.0}, {"operator": "<", "number": 200.0}],
        )
        low, high = configuration.condition_ids
        self._check_refused("excludes", lambda: low.write({"number": 300.0}))
        self._check_refused("Add a condition", (low | high).unlink)
        self._check_refused(
            "excludes", lambda: low.copy({"operator": "=", "number": 1.0})
        )


def _one(*rows):
    return {"condition_ids": [Command.clear(), *map(Command.create, rows)]}
