from odoo import Command, fields
from odoo.tests import tagged

from ..common import SECRET_KEY
from .test_autopay_open_credit import OpenCreditCommon


@tagged("post_install", "-at_install")
class TestAutopayCreditCompanies(OpenCreditCommon):
    """A customer of several companies: each applies and charges what is its own."""

    def _create_second(self, currency):
        """Return the books of a company of another currency in which Autopay is on."""
        data = self.setup_other_company(name="Second Company", currency_id=currency.id)
        company = data["company"]
        company.partner_id.tz = "UTC"
        company.write({"autopay_enabled": True, "autopay_credit_policy": "apply"})
        provider = self.provider.copy({"company_id": company.id, "name": "Second"})
        provider.write(
            {
                "stripe_publishable_key": "pk_test",
                "stripe_secret_key": SECRET_KEY,
                "state": "test",
            }
        )
        provider.journal_id = data["default_journal_bank"]
        token = self._create_token(provider_id=provider.id)
        self.customer.with_company(company).autopay_token_id = token
        return data

    def _enter_in(self, data, move_type, amount, **values):
        """Post an invoice or a credit note of the customer in a company."""
        move = (
            self.env["account.move"]
            .with_company(data["company"])
            .create(
                {
                    "move_type": move_type,
                    "partner_id": self.customer.id,
                    "journal_id": data["default_journal_sale"].id,
                    "invoice_date": fields.Date.to_string(self.today),
                    "invoice_date_due": fields.Date.to_string(self.today),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Service", "price_unit": amount, "tax_ids": []}
                        )
                    ],
                    **values,
                }
            )
        )
        move.action_post()
        if move_type == "out_invoice":
            move.write({"autopay_date": self.today, "autopay_status": "eligible"})
        return move

    def test_each_company_applies_its_own_credit_in_its_own_currency(self):
        self.company.autopay_credit_policy = "apply"
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        second = self._create_second(euro)
        note = self._credit(30)
        here = self._create_due_invoice(100)
        far_note = self._enter_in(second, "out_refund", 45)
        there = self._enter_in(second, "out_invoice", 100)
        self.assertEqual(there.currency_id, euro)
        self._run_autopay()
        self.assertEqual(self._get_charged(here), 70)
        self.assertEqual(self._get_charged(there), 55)
        totals = self._get_totals()
        self.assertEqual({code.lower() for code in totals}, {"usd", "eur"})
        self.assertEqual((here | there).mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual((note | far_note).mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual(there.autopay_attempt_ids.sudo().company_id, second["company"])

    def test_bulk_of_two_companies_is_applied_in_each(self):
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        second = self._create_second(euro)
        self._credit(30)
        here = self._create_due_invoice(100)
        self._enter_in(second, "out_refund", 45)
        there = self._enter_in(second, "out_invoice", 100)
        told = (here | there).action_autopay_apply_credit()
        self.assertIn("credit: 2", told["params"]["message"])
        self.assertEqual((here | there).mapped("amount_residual"), [70.0, 55.0])

    def test_credit_with_the_company_pays_an_invoice_of_its_branch_by_a_person(self):
        branch = self.env["res.company"].create(
            {"name": "Harbour Branch", "parent_id": self.company.id}
        )
        # A branch takes over the accounts of its company then.
        self.cr.precommit.run()
        branch.partner_id.tz = "UTC"
        branch.write({"autopay_enabled": True, "autopay_credit_policy": "apply"})
        self.env.user.company_ids += branch
        self.customer.with_company(
            branch
        ).autopay_token_id = self.customer.with_company(self.company).autopay_token_id
        books = {**self.company_data, "company": branch}
        self._credit(30)
        invoice = self._enter_in(books, "out_invoice", 100, company_id=branch.id)
        self.assertEqual(invoice.company_id, branch)
        self._assert_held(invoice, "$ 30.00", "Press Apply")
        both = {"allowed_company_ids": (branch | self.company).ids}
        invoice.with_context(**both).action_autopay_apply_credit()
        self.assertEqual(invoice.amount_residual, 70)
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice.sudo()), 70)
        self.assertEqual(invoice.amount_residual, 0)
        # The same credit is not applied twice, in the company itself.
        other = self._create_due_invoice(50)
        self.assertFalse(other.autopay_blocker)
