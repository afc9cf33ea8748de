import os

import pytest
from hypothesis import given, reproduce_failure
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.tests import tagged

from tests.model.replay import VARIABLE, make_settings

from ..reversal.common_reversal import ReversalCommon
from .common_parts import PartsCommon

INVOICES = st.lists(
    st.tuples(
        st.sampled_from(["plain", "plain", "parts", "discount"]),
        st.sampled_from([100.0, 49.99, 7.0, 300.01]),
    ),
    min_size=2,
    max_size=3,
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["run", "pay", "credit", "refund", "fail", "dispute", "win", "again"]
        ),
        st.integers(0, 5),
        st.integers(10, 100),
    ),
    min_size=3,
    max_size=7,
)
POLICIES = st.sampled_from(["hold", "apply"])
# The provider's movements of money, by kind: whether it has more afterwards.
SIGNS = {
    "charge": 1,
    "refund": -1,
    "refund_undone": 1,
    "dispute_withdrawn": -1,
    "dispute_reinstated": 1,
}


@tagged("post_install", "-at_install")
class TestAutopayOwedProperty(PartsCommon, ReversalCommon):
    """The books say what the provider holds, however money goes back and forth.

    Invoices are charged alone or together, in parts, with a discount; others pay them,
    credit notes lower them, money goes back and comes back. A failure prints the line
    to tell it again with, see ``tests/model/replay.py``.
    """

    def _run_examples(self, count):
        def check(invoices, combined, policy, events):
            with self.env.cr.savepoint(flush=True) as savepoint:
                try:
                    self._live(invoices, combined, policy, events)
                finally:
                    savepoint.rollback()
            self.env.invalidate_all()

        test = given(INVOICES, st.booleans(), POLICIES, EVENTS)(check)
        version, _colon, blob = os.environ.get(VARIABLE, "").partition(":")
        if blob:
            test = reproduce_failure(version, blob.encode())(test)
        make_settings(count, 1)(test)()

    def test_books_say_what_the_provider_holds(self):
        self._run_examples(3)

    @pytest.mark.full
    def test_books_say_what_the_provider_holds_many_times(self):
        self._run_examples(60)

    # === A LIFE === #

    def _live(self, invoices, combined, policy, events):
        self.company.write(
            {
                "autopay_combine": combined,
                "autopay_credit_policy": policy,
                "autopay_discount_policy": "take",
            }
        )
        self.customer = self._create_customer("Green Valley Dairy")
        self.token = self._enrol()
        self.moves = self.env["account.move"]
        for kind, amount in invoices:
            self.moves |= getattr(self, f"_create_{kind}")(amount)
        self.others, self.back, self.refunds, self.disputes = 0.0, False, [], []
        for name, place, share in events:
            getattr(self, f"_do_{name}")(place, share / 100)
            self._check()
        self._end()

    def _create_plain(self, amount):
        return self._create_due_invoice(amount)

    def _create_parts(self, amount):
        return self._create_divided((40, 0), (60, 5), amount=amount, days=-2)

    def _create_discount(self, amount):
        term = self.env["account.payment.term"].create(
            {
                "name": "2/7 net 30",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 7,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        return self._create_due_invoice(
            amount,
            invoice_date=fields.Date.to_string(self.today),
            invoice_date_due=False,
            invoice_payment_term_id=term.id,
        )

    def _end(self):
        """Decide about all that is open, and let all days come."""
        for place, _ref in enumerate(self.disputes):
            self._do_lose(place)
        for number in (0, 10, 20):
            self._do_again(0, 1)
            self._run_on(number)
            self._check()
        self.env.invalidate_all()
        # A rest that the provider does not charge, and a person settles.
        least = 0.5
        held = self.moves.filtered(lambda move: move.amount_residual >= least)
        self.assertFalse(held, held.mapped("autopay_explanation"))
        taken = self._get_held()
        self._run_on(20)
        self.assertEqual(self._get_held(), taken)
        if not self.back:
            left = sum(self.moves.mapped("amount_residual"))
            self.assertEqual(self._get_held(), self._get_owed() - round(left * 100))

    # === WHAT HOLDS === #

    def _get_attempts(self):
        return self.moves.autopay_attempt_ids.sorted("id")

    def _get_held(self, attempt=None):
        """Return what the provider holds of the customer's money, in minor units."""
        mine = attempt or self._get_attempts()
        references = mine.transaction_id.mapped("reference")
        return sum(
            SIGNS.get(entry["kind"], 0) * entry["amount"]
            for entry in self.admin.ledger()["entries"]
            if entry["metadata"].get("autopay_tx") in references
        )

    def _get_owed(self):
        """Return what the customer has to pay through autopay, in minor units."""
        discounts = sum(
            attempt.line_ids.discount_amount
            for attempt in self._get_attempts().filtered("line_ids.discount_amount")
            if self._get_held(attempt)
        )
        total = sum(self.moves.mapped("amount_total"))
        return round((total - self.others - discounts) * 100)

    def _check(self):
        self.env.invalidate_all()
        balance = round(self._get_customer_balance() * 100)
        self.assertEqual(balance, self._get_owed() - self._get_held())
        if not self.back:
            # Nobody has paid more than was owed.
            self.assertGreaterEqual(balance, 0)
        shown = sum(self.moves.mapped("amount_residual"))
        excess = sum(self._get_attempts().mapped("excess_amount"))
        self.assertEqual(balance, round((shown - excess) * 100))
        found = self.env["autopay.invariant"].sudo()._check()
        breaches = {
            each.code: each.offenders for each in found if each.verdict == "breach"
        }
        self.assertFalse(breaches)

    # === WHAT HAPPENS === #

    def _choose(self, records, place):
        return records[place % len(records)] if records else records

    def _do_run(self, _place, _share):
        self._run_autopay()

    def _settle(self, place, share, pay):
        """Settle a share of an open invoice by other means."""
        is_open = self.moves.filtered(
            lambda move: move.amount_residual and not move.autopay_in_dispute
        )
        move = self._choose(is_open, place)
        amount = move and move.currency_id.round(move.amount_residual * share)
        if amount:
            pay(move, amount)
            self.others += amount
            self.env.cr.cache.clear()

    def _do_pay(self, place, share):
        self._settle(place, share, self._register_payment)

    def _do_credit(self, place, share):
        self._settle(place, share, self._credit)

    def _credit(self, move, amount):
        note = move._reverse_moves([{}])
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        lines = (move | note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        if len(lines.move_id) > 1:
            lines.reconcile()

    def _do_refund(self, place, share):
        """A share of what the provider holds of a charge goes back."""
        attempt = self._choose(self._get_kept(), place)
        minor = round(self._get_held(attempt) * share) if attempt else 0
        if minor:
            self.refunds.append(self._refund(attempt, minor))
            self._poll()

    def _get_kept(self):
        """Return the charges of which money can go back: none is disputed."""
        disputed = self._get_attempts().filtered(
            lambda attempt: "dispute" in attempt.reversal_ids.mapped("kind")
        )
        return (self._get_attempts() - disputed).filtered(self._get_held)

    def _do_fail(self, place, _share):
        """A refund comes back: the bank could not carry it out."""
        if self.refunds:
            ref = self.refunds.pop(place % len(self.refunds))
            self.back = True
            self.admin.settle_refund(ref, "failed", "expired_or_canceled_card")
            self._poll()

    def _do_dispute(self, place, _share):
        attempt = self._choose(self._get_kept(), place)
        if attempt:
            ref = self.admin.open_dispute(attempt.object_ref, reason="general")["id"]
            self.disputes.append(ref)
            self._poll()

    def _do_win(self, place, _share):
        if self.disputes:
            ref = self.disputes.pop(place % len(self.disputes))
            self.back = True
            self.admin.answer_dispute(ref)
            self.admin.win_dispute(ref)
            self._poll()

    def _do_lose(self, place):
        self.admin.answer_dispute(self.disputes[place])
        self.admin.lose_dispute(self.disputes[place])
        self._poll()

    def _do_again(self, _place, _share):
        """A person says that what went back is owed, and lets methods pay again."""
        self.token.sudo().autopay_paused_date = False
        self.moves.filtered("autopay_refunded").action_autopay_collect_again()
        failed = self.moves.filtered(
            lambda move: move.autopay_status == "error" and not move.autopay_in_dispute
        )
        for move in failed:
            move.action_autopay_make_eligible()
        self._count_waits()

    def _count_waits(self):
        """Let retries come at once."""
        waiting = self.moves.sudo().filtered("autopay_retry_date")
        waiting.with_context(tracking_disable=True).autopay_retry_date = self.today
