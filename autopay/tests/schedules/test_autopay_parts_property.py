import os
from datetime import timedelta

import pytest
from hypothesis import given, reproduce_failure
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from tests.model.replay import VARIABLE, make_settings

from .common_parts import PartsCommon

PARTS = st.lists(
    st.tuples(st.sampled_from([10, 20, 25, 30]), st.integers(0, 40)),
    min_size=1,
    max_size=3,
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["run", "run", "pay", "undo", "credit", "plan", "back"]),
        st.integers(0, 15),
        st.integers(1, 40),
    ),
    min_size=2,
    max_size=6,
)
AMOUNTS = st.sampled_from([100.0, 99.99, 1000.01, 7.0])


@tagged("post_install", "-at_install")
class TestAutopayPartsProperty(PartsCommon):
    """All that is owed is charged, and nothing twice, no matter what comes between.

    A failure prints the line to tell it again with, see ``tests/model/replay.py``.
    """

    def _run_examples(self, count):
        def check(parts, amount, events):
            with self.env.cr.savepoint(flush=True) as savepoint:
                try:
                    self._live(parts, amount, events)
                finally:
                    savepoint.rollback()
            self.env.invalidate_all()

        test = given(PARTS, AMOUNTS, EVENTS)(check)
        version, _colon, blob = os.environ.get(VARIABLE, "").partition(":")
        if blob:
            test = reproduce_failure(version, blob.encode())(test)
        make_settings(count, 1)(test)()

    def test_sum_of_charges_is_what_was_owed(self):
        self._run_examples(6)

    @pytest.mark.full
    def test_sum_of_charges_is_what_was_owed_many_times(self):
        self._run_examples(100)

    # === A LIFE === #

    def _live(self, parts, amount, events):
        rest = 100 - sum(percent for percent, _days in parts)
        self.invoice = self._create_divided(*parts, (rest, 45), amount=amount)
        self.day, self.others, self.back = 0, [], 0.0
        for name, days, share in events:
            self.day += days
            with self._on_day(self.day):
                getattr(self, f"_do_{name}")(share / 100)
            self._check()
        for _number in range(3):
            # Nothing is left, and a further run takes nothing.
            self.day += 200
            self._run_on(self.day)
            self._check()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self._get_collected(), self._get_owed())

    def _get_collected(self):
        """Return what the simulator took for the invoice, in minor units."""
        return sum(self._get_amounts(self.invoice))

    def _get_owed(self):
        """Return what was left to charge, of all that was owed, in minor units."""
        paid = sum(self.others)
        return round((self.invoice.amount_total - paid) * 100)

    def _check(self):
        """Check that never more was taken than was open, nor before its day."""
        self.env.invalidate_all()
        invoice = self.invoice
        residual = round(invoice.amount_residual * 100)
        self.assertEqual(self._get_collected() + residual, self._get_owed())
        if invoice.autopay_planned:
            return
        today = self.today + timedelta(days=self.day)
        lines = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        come = sum(
            round(line.amount_currency * 100)
            for line in lines
            if line.date_maturity <= today
        )
        if not self.planned_before:
            # A part too small for the provider goes with the one before it.
            self.assertLessEqual(self._get_collected(), come + 50)

    # === WHAT HAPPENS === #

    planned_before = False

    def _do_run(self, _share):
        self._run_autopay()

    def _do_pay(self, share):
        """Somebody pays a share of what is open by bank transfer."""
        self._settle(share, self._pay_outside)

    def _settle(self, share, pay):
        currency = self.invoice.currency_id
        amount = currency.round(self.invoice.amount_residual * share)
        if amount:
            pay(self.invoice, amount)
            self.others.append(amount)

    def _do_undo(self, _share):
        """The last transfer is taken off the invoice again."""
        payments = self.invoice.reconciled_payment_ids.filtered(
            lambda payment: (
                not payment.payment_transaction_id and payment.state != "canceled"
            )
        )
        last = payments.sorted("id")[-1:]
        if last:
            self.others.remove(last.amount)
            last.action_draft()
            last.action_cancel()

    def _do_credit(self, share):
        self._settle(share, self._credit)

    def _credit(self, invoice, amount):
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "invoice_date": invoice.invoice_date,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Credit", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
        )
        credit.action_post()
        lines = (invoice + credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        lines.reconcile()

    def _do_plan(self, share):
        """The rest is divided anew."""
        invoice = self.invoice
        if not invoice._is_autopay_open():
            return
        self.planned_before = True
        wizard = self.env["autopay.plan.wizard"].create(
            {
                "move_id": invoice.id,
                "count": max(int(share * 10), 1),
                "every": 1,
                "unit": "week",
                "channel": "email",
            }
        )
        wizard.action_apply()

    def _do_back(self, _share):
        """The plan ends: the payment terms hold again."""
        if self.invoice.autopay_planned and self.invoice._is_autopay_open():
            self.invoice.action_autopay_cancel_plan()
