from odoo.tests import tagged

from ..common import AutopayCommon

# Fields that tell two payments apart, whoever made them.
IDENTITY = {
    "id",
    "create_date",
    "create_uid",
    "write_date",
    "write_uid",
    "name",
    "move_name",
    "memo",
    "ref",
    "sequence_number",
    "move_id",
    "origin_payment_id",
    "payment_id",
    "payment_transaction_id",
    "matching_number",
    "full_reconcile_id",
}


@tagged("post_install", "-at_install")
class TestAutopayEntry(AutopayCommon):
    """Entries made in sets are those that Odoo makes one by one."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def test_payments_are_booked_as_odoo_itself_books_them(self):
        ours = self._collect(self._create_due_invoice(100))
        odoos = self._book_by_odoo(self._create_posted_invoice(100))
        self._assert_booked_alike(ours, odoos)

    def test_payments_in_other_currencies_are_booked_as_odoo_itself_books_them(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        values = {"currency_id": euro.id}
        ours = self._collect(self._create_due_invoice(9.99, **values))
        odoos = self._book_by_odoo(self._create_posted_invoice(9.99, **values))
        self._assert_booked_alike(ours, odoos)

    def test_analytic_rules_reach_the_lines_of_payments(self):
        distribution = {str(self._create_analytic_account().id): 100}
        self.env["account.analytic.distribution.model"].create(
            {
                "partner_id": self.customer.id,
                "analytic_distribution": distribution,
                "company_id": self.company.id,
            }
        )
        ours = self._collect(self._create_due_invoice(100))
        odoos = self._book_by_odoo(self._create_posted_invoice(100))
        self.assertIn(distribution, ours.move_id.line_ids.mapped(_get_distribution))
        self._assert_booked_alike(ours, odoos)

    def test_customers_fiscal_position_is_on_the_entry(self):
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        customer = self.customer.with_company(self.company)
        customer.property_account_position_id = position
        payment = self._collect(self._create_due_invoice(100))
        self.assertEqual(payment.move_id.fiscal_position_id, position)

    def test_entries_are_numbered_one_after_the_other(self):
        numbers = [*self._collect_numbers(5), *self._collect_numbers(2)]
        self.assertEqual(numbers, list(range(1, 8)))

    def test_numbers_go_on_from_those_that_odoo_gave(self):
        last = self._book_by_odoo(self._create_posted_invoice(1)).move_id
        self.assertEqual(
            self._collect_numbers(2),
            [last.sequence_number + 1, last.sequence_number + 2],
        )

    def test_charging_does_not_count_as_editing_the_invoice(self):
        invoice = self._create_due_invoice()
        invoice.is_manually_modified = False
        self._collect(invoice)
        self.assertFalse(invoice.is_manually_modified)

    # === ACTS === #

    def _collect_numbers(self, count):
        """Charge so many invoices in one batch; return the numbers of the entries."""
        invoices = self.env["account.move"]
        for amount in range(count):
            invoices |= self._create_due_invoice(10 + amount)
        self._run_autopay()
        entries = invoices.transaction_ids.payment_id.move_id
        self.assertEqual(len(set(entries.mapped("name"))), count)
        return sorted(entries.mapped("sequence_number"))

    def _collect(self, invoice):
        """Charge a due invoice and return its payment."""
        self._run_autopay()
        return invoice.transaction_ids.payment_id

    def _book_by_odoo(self, invoice):
        """Return the payment that Odoo makes of a transaction of its own."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "token_id": self.token.id,
                "reference": invoice.name,
                "amount": invoice.amount_residual,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "operation": "offline",
                "invoice_ids": [(6, 0, invoice.ids)],
            }
        )
        transaction._set_done()
        return transaction._create_payment()

    # === FACTORIES === #

    def _create_analytic_account(self):
        plan = self.env["account.analytic.plan"].create({"name": "Regions"})
        return self.env["account.analytic.account"].create(
            {"name": "North", "plan_id": plan.id, "company_id": self.company.id}
        )

    # === FACTS === #

    def _assert_booked_alike(self, ours, odoos):
        self.assertEqual(self._read_stored(ours), self._read_stored(odoos))
        entries = ours.move_id, odoos.move_id
        self.assertEqual(*map(self._read_stored, entries))
        for lines in zip(
            *(entry.line_ids.sorted("id") for entry in entries), strict=True
        ):
            self.assertEqual(*map(self._read_stored, lines))
        self.assertEqual(ours.move_id.origin_payment_id, ours)
        self.assertEqual(*(entry.line_ids.mapped("reconciled") for entry in entries))

    def _read_stored(self, record):
        """Return the stored values of a record that another could have as well."""
        names = [
            name
            for name, field in record._fields.items()
            if field.store and field.column_type and name not in IDENTITY
        ]
        return {name: record[name] for name in names}


def _get_distribution(line):
    return line.analytic_distribution
