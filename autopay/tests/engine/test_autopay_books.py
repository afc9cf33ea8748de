from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import AutopayCommon

# Fields that tell one payment from another that books the same.
OWN_NAMES = {
    "access_token",
    "debit_move_id",
    "credit_move_id",
    "exchange_move_id",
    "full_reconcile_id",
    "matching_number",
    "memo",
    "message_main_attachment_id",
    "move_id",
    "move_name",
    "name",
    "origin_payment_id",
    "payment_id",
    "payment_transaction_id",
    "ref",
    "sequence_number",
}


@tagged("post_install", "-at_install")
class TestAutopayBooks(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def test_a_charge_is_booked_as_odoo_books_its_own(self):
        euro = self.setup_other_currency(
            "EUR",
            rates=[("2000-01-01", 2.0), (str(self.today - timedelta(days=5)), 2.5)],
        )
        taxes = self.company_data["default_tax_sale"]
        for values in ({}, {"currency_id": euro.id}):
            for tax_ids in ([], taxes.ids):
                with self.subTest(values=values, tax_ids=tax_ids):
                    row = {"name": "Work", "price_unit": 33.37, "tax_ids": tax_ids}
                    values["invoice_line_ids"] = [Command.create(row)]
                    ours = self._create_due_invoice(**values)
                    theirs = self._create_posted_invoice(**values)
                    self._run_autopay()
                    payment = ours.autopay_attempt_ids.payment_id
                    self._assert_same_books(payment, self._pay_as_odoo(theirs))
                    self.assertEqual(ours.payment_state, theirs.payment_state)
                    self.assertEqual(ours.amount_residual, theirs.amount_residual)

    def test_earlier_payments_of_the_invoice_are_paid_with_it(self):
        ours, theirs = self._create_due_invoice(), self._create_posted_invoice()
        parts = [self._pay_part(invoice) for invoice in (ours, theirs)]
        self.assertEqual([part.state for part in parts], ["in_process"] * 2)
        # As a commit does: entries get their numbers from another cursor next.
        self.env.cr.flush()
        self._run_autopay()
        self._pay_as_odoo(theirs)
        self.env.flush_all()
        self.assertEqual(ours.payment_state, "paid")
        self.assertEqual(parts[0].state, "paid")
        self.assertEqual(parts[0].state, parts[1].state)
        self.assertEqual(len(ours.reconciled_payment_ids), 2)

    def test_entries_made_together_keep_to_their_company(self):
        other = self._create_company(name="Other")
        account = self.env["account.account"].create(
            {
                "name": "Theirs",
                "code": "999001",
                "account_type": "asset_current",
                "company_ids": [Command.set(other.ids)],
            }
        )
        own = self.company_data["default_account_revenue"]
        entries = self.env["account.move"].with_context(autopay_together=True)
        with self.assertRaises(UserError):
            entries.create(
                [
                    self._prepare_entry(credited)
                    for credited in (own, own | account, own)
                ]
            )

    # === HELPERS === #

    def _prepare_entry(self, accounts):
        debit = self.company_data["default_account_expense"]
        share = 100 / len(accounts)
        lines = [{"account_id": debit.id, "debit": 100}]
        lines += [{"account_id": each.id, "credit": share} for each in accounts]
        return {"line_ids": [Command.create(line) for line in lines]}

    def _pay_part(self, invoice):
        """Return the payment by which the customer has paid a part, not yet matched."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.payment.register"].with_context(**context)
        action = wizard.create({"amount": 40.0}).action_create_payments()
        return self.env["account.payment"].browse(action["res_id"])

    def _pay_as_odoo(self, invoice):
        """Return the payment by which Odoo books a charge of its own."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.token.payment_method_id.id,
                "token_id": self.token.id,
                "reference": f"odoo {invoice.name}",
                "amount": invoice.amount_residual,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "operation": "offline",
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        transaction._set_done()
        transaction._post_process()
        return transaction.payment_id

    def _assert_same_books(self, ours, theirs):
        self.env.flush_all()
        self._assert_same(ours, theirs)
        entries = ours.move_id, theirs.move_id
        self._assert_same(*entries)
        items = [entry.line_ids.sorted("balance") for entry in entries]
        self.assertEqual(*map(len, items))
        for pair in zip(*items, strict=True):
            self._assert_same(*pair)
            parts = [item.matched_debit_ids | item.matched_credit_ids for item in pair]
            self.assertEqual(*map(len, parts))
            for both in zip(*parts, strict=True):
                self._assert_same(*both)

    def _assert_same(self, ours, theirs):
        """Check that two records have the same values in all columns."""
        names = [
            name
            for name, field in ours._fields.items()
            if field.store
            and field.column_type
            and name not in OWN_NAMES
            and name
            not in ("id", "create_date", "write_date", "create_uid", "write_uid")
            and not name.startswith("autopay_")
        ]
        found = [record.read(names, load="")[0] for record in (ours, theirs)]
        for values in found:
            del values["id"]
        self.assertEqual(*found)
