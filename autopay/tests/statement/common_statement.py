from datetime import timedelta

from odoo import Command

from ...models.statement.period import Period
from ..common import AutopayCommon


class StatementCommon(AutopayCommon):
    """A customer with documents of all kinds on days that are counted from today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.period = cls._get_period(-30, 0)

    # === FACTORIES === #

    @classmethod
    def _get_day(cls, days):
        return cls.today + timedelta(days=days)

    @classmethod
    def _get_period(cls, first, last):
        return Period(cls._get_day(first), cls._get_day(last))

    @classmethod
    def _create_document(cls, days, amount, move_type="out_invoice", **values):
        """Post an invoice or credit note so many days after today."""
        day = cls._get_day(days)
        document = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.customer.id,
                "invoice_date": day,
                "date": day,
                "invoice_date_due": day + timedelta(days=14),
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Service", "price_unit": amount, "tax_ids": []}
                    )
                ],
                **values,
            }
        )
        document.action_post()
        return document

    @classmethod
    def _create_payment(cls, days, amount, **values):
        """Post a payment of the customer so many days after today."""
        payment = cls.env["account.payment"].create(
            {
                "partner_id": cls.customer.id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": amount,
                "date": cls._get_day(days),
                "journal_id": cls.company_data["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _create_entry(cls, days, amount, account=None, **values):
        """Post an entry by hand that adds an amount to the customer's debt."""
        receivable = account or cls.company_data["default_account_receivable"]
        other = cls.company_data["default_account_revenue"]
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": cls._get_day(days),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": cls.customer.id,
                            "debit": max(amount, 0.0),
                            "credit": max(-amount, 0.0),
                        }
                    ),
                    Command.create(
                        {
                            "account_id": other.id,
                            "debit": max(-amount, 0.0),
                            "credit": max(amount, 0.0),
                        }
                    ),
                ],
                **values,
            }
        )
        entry.action_post()
        return entry

    # === FACTS === #

    def _state(self, period=None, currency=None, company=None):
        return self.env["autopay.statement"]._get_statement(
            self.customer, company or self.company, period or self.period, currency
        )

    def _get_account(self, *args, **kwargs):
        (account,) = self._state(*args, **kwargs).accounts
        return account

    def _get_facts(self, account):
        return [(row.kind, row.amount, row.balance) for row in account.rows]
