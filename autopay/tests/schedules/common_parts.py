from datetime import datetime, time, timedelta, timezone

from odoo import Command
from odoo.tests import freeze_time

from ..common import AutopayCommon


class PartsCommon(AutopayCommon):
    """Invoices that are payable in parts, and days that pass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"autopay_date_rule": "due", "autopay_date_offset": 0})

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def _create_term(self, *parts):
        """Create a payment term of (percent, days) each."""
        return self.env["account.payment.term"].create(
            {
                "name": "In parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": percent, "nb_days": days}
                    )
                    for percent, days in parts
                ],
            }
        )

    def _create_divided(self, *parts, amount=1000.0, days=0, **values):
        """Create an eligible invoice payable in parts.

        :param parts: (percent, days) each; four quarters on days 0, 30, 60, 90 without
        :param days: from when it is, counted from today; below zero: in the past
        """
        term = self._create_term(*(parts or [(25, 30 * each) for each in range(4)]))
        invoice = self._create_posted_invoice(
            amount,
            invoice_date=self.today + timedelta(days=days),
            invoice_date_due=False,
            invoice_payment_term_id=term.id,
            **values,
        )
        invoice.action_autopay_make_eligible()
        return invoice

    def _on_day(self, number):
        """Return a context in which it is noon so many days from today.

        On this day it is not earlier than it is: a charge does not come before the
        consent that it relies on.
        """
        day = self.today + timedelta(days=number)
        moment = datetime.combine(day, time(12), timezone.utc)
        if not number:
            moment = max(moment, datetime.now(timezone.utc))
        return freeze_time(moment, tick=True)

    def _run_on(self, number):
        """Run the engine as of that day."""
        with self._on_day(number):
            self._run_autopay()
        self.env.invalidate_all()

    def _pay_outside(self, invoice, amount):
        """Pay a part of an invoice by another way, as the bank statement does."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create({"amount": amount})._create_payments()

    def _explain(self, invoice):
        """Return the explanation of an invoice with plain spaces."""
        self.env.invalidate_all()
        return invoice.autopay_explanation.replace("\N{NO-BREAK SPACE}", " ")

    def _get_amounts(self, invoice):
        """Return what was charged for an invoice, in minor units, in order."""
        return [entry["amount"] for entry in self._get_charges(invoice)]

    def _decide_on(self, invoice, number=0, mode="scheduled"):
        """Return the decision as of that day."""
        with self._on_day(number):
            return self.env["autopay.decision"].sudo()._decide(invoice, mode)[invoice]
