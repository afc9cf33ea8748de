from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestAutopayContractRights(ContractCommon):
    """Users who work with configurations see the contracts they name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = cls._create_user("billing", "account.group_account_invoice")
        cls.auditor = cls._create_user("auditor", "account.group_account_readonly")

    def test_billing_user_makes_a_configuration_with_a_contract(self):
        contract = self._create_contract("Hosting 2026")
        condition = {"kind": "contract", "contract_ids": contract.ids}
        configuration = self._configure_as(self.billing, condition)
        self.assertIn("for contract Hosting 2026", configuration.display_name)

    def test_billing_user_chooses_a_contract_in_the_form(self):
        contract = self._create_contract("Hosting 2026")
        form = self._open_form_as(self.billing)
        with form.condition_ids.new() as row:
            row.kind = "contract"
            row.contract_ids.add(contract)
        configuration = form.save()
        self.assertFalse(configuration.is_advanced)
        self.assertEqual(configuration.condition_ids.contract_ids, contract)

    def test_accountants_open_the_form_of_a_condition_with_a_contract(self):
        contract = self._create_contract("Hosting 2026")
        condition = self._configure_contracts("in", contract).condition_ids
        for user in (self.billing, self.auditor):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                [values] = condition.with_user(user).web_read(
                    {"contract_ids": {"fields": {"display_name": {}}}}
                )
                [row] = values["contract_ids"]
                self.assertEqual(row["display_name"], "Hosting 2026")

    def test_accountants_read_why_an_invoice_is_not_charged(self):
        self._configure_contracts("in", self._create_contract("Hosting 2026"))
        invoice = self._create_invoice_of(self._create_contract("Support 2026"))
        for user in (self.billing, self.auditor):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                words = invoice.with_user(user).autopay_explanation
                self.assertIn("for contract Hosting 2026", words)
                self.assertIn("Support 2026", words)

    def test_accountants_get_the_trace(self):
        self._configure_contracts("in", self._create_contract("Hosting 2026"))
        invoice = self._create_invoice_of(self._create_contract("Support 2026"))
        for user in (self.billing, self.auditor):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                trace = self.env["autopay.configuration.trace"].with_user(user)
                [row] = trace._get_trace(invoice.with_user(user))["configurations"]
                self.assertEqual(row["conditions"][0]["actual"], "Support 2026")
