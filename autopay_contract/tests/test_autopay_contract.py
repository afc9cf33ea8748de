from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestAutopayContract(ContractCommon):
    def setUp(self):
        super().setUp()
        self.hosting = self._create_contract("Hosting 2026")
        self.support = self._create_contract("Support 2026")

    def _get_payer(self, invoice):
        return self._decide(invoice).configuration

    def test_lines_of_the_generated_invoice_carry_the_contract(self):
        invoice = self._create_invoice_of(self.hosting)
        lines = invoice.invoice_line_ids
        self.assertEqual(lines.contract_line_id, self.hosting.contract_line_ids)

    def test_invoice_of_the_contract_is_charged_with_the_method_of_its_configuration(
        self,
    ):
        configuration = self._configure_contracts("in", self.hosting, self.bank)
        self._configure(self.visa)
        invoice = self._create_invoice_of(self.hosting)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.configuration_id, configuration)
        self.assertEqual(attempt.token_id, self.bank)
        self.assertEqual(attempt.amount, 280.0)

    def test_other_invoices_of_the_customer_are_left_alone(self):
        self._configure_contracts("in", self.hosting)
        for invoice in (
            self._create_invoice_of(self.support),
            self._create_due_invoice(280.0),
        ):
            self.assertEqual(self._decide(invoice).blocker, "no_configuration")

    def test_every_invoice_of_the_contract_is_paid(self):
        configuration = self._configure_contracts("in", self.hosting)
        first = self._create_invoice_of(self.hosting)
        second = self._create_invoice_of(self.hosting)
        self.assertNotEqual(first, second)
        self.assertEqual(self._get_payer(first), configuration)
        self.assertEqual(self._get_payer(second), configuration)

    def test_any_of_several_contracts_matches(self):
        configuration = self._configure_contracts("in", self.hosting | self.support)
        for contract in (self.hosting, self.support):
            invoice = self._create_invoice_of(contract)
            self.assertEqual(self._get_payer(invoice), configuration)

    def test_excluded_contract_is_left_alone_and_everything_else_is_paid(self):
        configuration = self._configure_contracts("not in", self.hosting)
        self.assertFalse(self._get_payer(self._create_invoice_of(self.hosting)))
        for invoice in (
            self._create_invoice_of(self.support),
            self._create_due_invoice(280.0),
        ):
            self.assertEqual(self._get_payer(invoice), configuration)

    def test_archived_contract_still_counts(self):
        configuration = self._configure_contracts("in", self.hosting)
        invoice = self._create_invoice_of(self.hosting)
        self.hosting.active = False
        self.assertEqual(self._get_payer(invoice), configuration)

    def test_ended_line_still_counts(self):
        configuration = self._configure_contracts("in", self.hosting)
        invoice = self._create_invoice_of(self.hosting)
        line = self.hosting.contract_line_ids
        line.date_end = line.last_date_invoiced
        self.assertEqual(self._get_payer(invoice), configuration)

    def test_type_is_offered_first_and_to_customers(self):
        configuration = self._configure_contracts("in", self.hosting)
        self.assertFalse(configuration.is_advanced)
        self.assertIn("contract", configuration.condition_ids.kind_codes)
        kind = configuration.condition_ids._get_kind()
        self.assertTrue(kind.public)

    def test_sentence_names_the_contracts(self):
        configuration = self._configure_contracts("in", self.hosting | self.support)
        self.assertIn(
            "for contract Hosting 2026 or Support 2026", configuration.display_name
        )

    def test_condition_without_a_contract_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Contract has no value"):
            self._configure_contracts("in", self.env["contract.contract"])

    def test_removed_contract_leaves_a_configuration_that_pays_nothing(self):
        configuration = self._configure_contracts("in", self.support)
        self.support.unlink()
        self.env.invalidate_all()
        self.assertEqual(configuration.issue_code, "condition_incomplete")
        invoice = self._create_invoice_of(self.hosting)
        self.assertEqual(self._decide(invoice).blocker, "no_configuration")

    def test_trace_says_which_contract_the_invoice_is_of(self):
        self._configure_contracts("in", self.hosting)
        invoice = self._create_invoice_of(self.support)
        trace = self.env["autopay.configuration.trace"]._get_trace(invoice)
        [row] = trace["configurations"][0]["conditions"]
        self.assertEqual((row["actual"], row["holds"]), ("Support 2026", False))

    def test_search_finds_what_the_engine_matches(self):
        both = self._create_invoice_of(self.hosting)
        both |= self._create_invoice_of(self.support)
        for operator in ("in", "not in"):
            configuration = self._configure_contracts(operator, self.hosting)
            domain = self.env["autopay.configuration.choice"]._get_matching_domain(
                configuration, self.today
            )
            found = self.env["account.move"].search(domain) & both
            self.assertEqual(found, both.filtered_domain(domain))
            self.assertEqual(len(found), 1)
