from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.engine import autopay_combination, autopay_engine
from ..fault import fault
from ..reversal.common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopayCombination(ReversalCommon):
    """One charge for all that is due of a customer, where the company wants that."""

    def setUp(self):
        super().setUp()
        self.company.autopay_combine = True

    def _create_invoices(self, *amounts, **values):
        moves = self.env["account.move"]
        for amount in amounts or (10, 20, 30):
            moves |= self._create_due_invoice(amount, **values)
        return moves

    def _get_amounts(self, moves):
        """Return what was charged for these invoices, in minor units."""
        return [charge["amount"] for charge in self._get_charges(moves)]

    def _get_breaches(self):
        results = self.env["autopay.invariant"].sudo()._check()
        return [found.code for found in results if found.verdict == "breach"]

    # === TOGETHER === #

    def test_due_invoices_become_one_charge_and_each_is_paid(self):
        moves = self._create_invoices(10, 20, 30)
        self._run_autopay()
        attempt = moves.autopay_attempt_ids
        self.assertEqual(len(attempt), 1)
        self.assertEqual(self._get_amounts(moves), [6000])
        self.assertEqual(attempt.line_ids.mapped("amount"), [30, 20, 10])
        self.assertEqual(moves.mapped("amount_residual"), [0, 0, 0])
        self.assertEqual(set(moves.mapped("autopay_status")), {"success"})
        self.assertEqual(attempt.payment_id.amount, 60)
        self.assertEqual(attempt.transaction_id.invoice_ids, moves)
        names = f"{moves[0].name}, {moves[1].name} +1"
        self.assertEqual(attempt.transaction_id.reference, f"{names}-{attempt.name}")
        self.assertIn("3 invoices", moves[0].message_ids[0].body)
        self.assertFalse(self._get_breaches())

    def test_dry_run_and_explanation_say_it_beforehand(self):
        moves = self._create_invoices(10, 20)
        other = self._create_customer("Brisk Bakery")
        self._enrol(customer=other)
        alone = self._create_due_invoice(5, customer=other)
        self.assertIn("charged along with it", moves[0].autopay_explanation)
        dry_run = self.env["autopay.dry.run"].create(
            {
                "company_ids": self.company.ids,
                "partner_ids": (self.customer | other).ids,
            }
        )
        dry_run.action_run()
        said = {line.move_id: line.together_amount for line in dry_run.charge_ids}
        self.assertEqual(said, {moves[0]: 30, moves[1]: 30, alone: 0})
        self.assertTrue(dry_run.is_combined)
        self._run_autopay()
        self.assertEqual(self._get_amounts(moves), [3000])

    def test_off_it_is_not_spoken_of(self):
        self.company.autopay_combine = False
        moves = self._create_invoices(10, 20)
        self.assertNotIn("along", moves[0].autopay_explanation)
        dry_run = self.env["autopay.dry.run"].create(
            {"company_ids": self.company.ids, "partner_ids": self.customer.ids}
        )
        dry_run.action_run()
        self.assertEqual(dry_run.charge_ids.mapped("together_amount"), [0, 0])
        self.assertFalse(dry_run.is_combined)

    def test_off_each_goes_alone(self):
        self.company.autopay_combine = False
        moves = self._create_invoices()
        self._run_autopay()
        self.assertEqual(sorted(self._get_amounts(moves)), [1000, 2000, 3000])

    def test_customers_and_methods_are_kept_apart(self):
        other = self._create_customer("Brisk Bakery")
        self._enrol(customer=other)
        mine = self._create_invoices(10, 20)
        his = self._create_invoices(1, 2, customer=other)
        own = self._create_due_invoice(40)
        own.autopay_token_id = self._create_token()
        self.env["autopay.authorization"]._record(
            self.customer, self.company, own.autopay_token_id, "staff"
        )
        self._run_autopay()
        self.assertEqual(self._get_amounts(mine), [3000])
        self.assertEqual(self._get_amounts(his), [300])
        self.assertEqual(self._get_amounts(own), [4000])

    def test_limit_of_the_consent_holds_for_the_sum(self):
        self.customer.autopay_authorization_ids.sudo()._write({"max_amount": 35})
        self.env.invalidate_all()
        moves = self._create_invoices(10, 20, 30)
        self._run_autopay()
        self.assertEqual(sorted(self._get_amounts(moves)), [3000, 3000])
        self.assertFalse(self._get_breaches())

    def test_sum_above_the_limit_for_approvals_is_not_charged_at_once(self):
        self.company.autopay_approval_limit = 30
        moves = self._create_invoices(10, 20, 30)
        self._run_autopay()
        self.assertEqual(sorted(self._get_amounts(moves)), [3000, 3000])

    def test_so_many_invoices_at_most(self):
        with patch.object(autopay_combination, "COMBINED_INVOICES", 2):
            moves = self._create_invoices(10, 20, 30, 40, 50)
            self._run_autopay()
        self.assertEqual(sorted(self._get_amounts(moves)), [3000, 5000, 7000])

    def test_invoices_of_a_customer_come_into_one_batch(self):
        other = self._create_customer("Brisk Bakery")
        self._enrol(customer=other)
        moves = self.env["account.move"]
        for amount in (10, 20, 30):
            moves |= self._create_due_invoice(amount)
            moves |= self._create_due_invoice(amount, customer=other)
        with patch.object(autopay_engine.const.engine, "BATCH_SIZE", 3):
            self._run_autopay()
        self.assertEqual(self._get_amounts(moves), [6000, 6000])

    def test_last_part_of_an_invoice_goes_alone(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 5)
                ],
            }
        )
        moves = self._create_invoices(10, 20)
        parts = self._create_due_invoice(
            100, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        self._register_payment(parts, 50)
        self._run_autopay()
        self.assertEqual(self._get_amounts(moves), [3000])
        self.assertEqual(self._get_amounts(parts), [5000])

    def test_what_a_person_charges_goes_alone(self):
        moves = self._create_invoices(10, 20)
        self._charge_now(moves)
        self.assertEqual(sorted(self._get_amounts(moves)), [1000, 2000])

    # === NOT AS IT WAS === #

    @fault(93)
    def test_all_are_withdrawn_when_one_has_changed_and_go_alone_then(self):
        moves = self._create_invoices(10, 20, 30)
        engine = type(self.env["autopay.engine"])
        prepare = engine._prepare

        def pay_one(stage, ctx, attempts):
            self._register_payment(attempts.line_ids.move_id[:1], 5)
            return prepare(stage, ctx, attempts)

        with patch.object(engine, "_prepare", pay_one):
            self._run_autopay()
        first = moves.autopay_attempt_ids
        self.assertEqual(first.state, "canceled")
        self.assertFalse(self._get_amounts(moves))
        self._run_autopay()
        self.assertEqual(len(self._get_amounts(moves)), 3)
        self.assertEqual(sum(self._get_amounts(moves)), 5500)
        self.assertEqual(moves.mapped("amount_residual"), [0, 0, 0])

    @fault(95)
    def test_limit_that_is_lowered_meanwhile_withdraws_all(self):
        moves = self._create_invoices(10, 20, 30)
        engine = type(self.env["autopay.engine"])
        prepare = engine._prepare

        def lower(stage, ctx, attempts):
            stage.env.company.autopay_approval_limit = 40
            return prepare(stage, ctx, attempts)

        with patch.object(engine, "_prepare", lower):
            self._run_autopay()
        self.assertFalse(self._get_amounts(moves))

    def test_none_of_them_can_be_reset_meanwhile(self):
        self.customer.autopay_token_id = self._create_token("pm_usBankAccount_success")
        moves = self._create_invoices()
        self._run_autopay()
        self.assertEqual(moves.autopay_attempt_ids.state, "pending")
        for move in moves:
            with self.assertRaises(UserError):
                move.button_draft()

    # === DECLINED === #

    def _decline(self, *amounts):
        """Have the charge of several invoices declined; return them and the attempt."""
        self._enrol({"kind": "decline", "code": "insufficient_funds"})
        moves = self._create_invoices(*amounts)
        self._run_autopay()
        attempt = moves.autopay_attempt_ids
        self.assertEqual((len(attempt), attempt.state), (1, "declined"))
        self.assertEqual(set(moves.mapped("autopay_status")), {"error"})
        return moves, attempt

    def _let_retry_come(self, moves):
        moves.sudo().with_context(tracking_disable=True).autopay_retry_date = (
            self.today - timedelta(days=0)
        )

    @fault(94)
    def test_declined_they_go_alone_and_stop_at_the_first_decline(self):
        moves, together = self._decline(10, 20, 30)
        self._let_retry_come(moves)
        self._run_autopay()
        alone = moves.autopay_attempt_ids - together
        self.assertEqual(alone.line_ids.move_id, moves[0])
        self.assertEqual(alone.state, "declined")
        self.assertGreater(moves[1].autopay_retry_date, self.today)
        self.assertEqual(len(set(moves.mapped("autopay_retry_date"))), 1)

    def test_no_other_method_pays_what_went_back(self):
        self.company.autopay_retry_card = ""
        (back, failed), _together = self._decline(10, 20)
        bank = self._create_token("pm_usBankAccount_success")
        consents = self.env["autopay.authorization"]
        consents._record(self.customer, self.company, bank, "portal")
        # Besides the account that is paused when its debit comes back.
        agreed = self._create_token()
        consents._record(self.customer, self.company, agreed, "portal")
        self._charge_now(back, {back.id: bank})
        self.env.invalidate_all()
        attempt = back.autopay_attempt_ids.sorted("id")[-1:]
        self.admin.settle(attempt.object_ref)
        self._resolve_autopay()
        self.admin.return_debit(attempt.object_ref, "insufficient_funds", "R01")
        self._poll()
        self.assertEqual(back.autopay_blocker, "money_returned")
        self.company.autopay_fallback = True
        failed.action_autopay_make_eligible()
        self._run_autopay()
        self.assertEqual(failed.autopay_fallback_token_id, agreed)
        self.assertFalse(back.autopay_fallback_token_id or back.autopay_retry_date)
        self.assertEqual(back.autopay_blocker, "money_returned")

    def test_declined_they_go_alone_one_after_the_other(self):
        moves, together = self._decline(10, 20, 30)
        self._let_retry_come(moves)
        good = self._create_token()
        self.customer.autopay_token_id = good
        self._run_autopay()
        alone = moves.autopay_attempt_ids - together
        self.assertEqual(sorted(alone.mapped("amount")), [10, 20, 30])
        self.assertEqual(alone.sorted("id").line_ids.move_id, moves)
        self.assertEqual(moves.mapped("amount_residual"), [0, 0, 0])
        self.assertFalse(self._get_breaches())

    def test_younger_ones_wait_while_the_bank_decides_about_the_oldest(self):
        moves, together = self._decline(10, 20, 30)
        self._let_retry_come(moves)
        self.customer.autopay_token_id = self._create_token("pm_usBankAccount_success")
        self._run_autopay()
        alone = moves.autopay_attempt_ids - together
        self.assertEqual((alone.state, alone.amount), ("pending", 10))
        self.assertEqual(moves[1].autopay_retry_date, self.today + timedelta(days=1))

    def test_held_one_keeps_its_day_and_holds_no_other_up(self):
        moves, together = self._decline(10, 20, 30)
        self._let_retry_come(moves)
        moves[0].autopay_hold_date = self.today + timedelta(days=9)
        self.customer.autopay_token_id = self._create_token()
        engine = type(self.env["autopay.engine"])
        with patch.object(
            engine, "_reserve", autospec=True, side_effect=engine._reserve
        ) as reserve:
            self._run_autopay()
        alone = moves.autopay_attempt_ids - together
        self.assertEqual(sorted(alone.mapped("amount")), [20, 30])
        self.assertEqual(moves[0].autopay_retry_date, self.today)
        # The first two together, and what waits for the second.
        self.assertEqual(reserve.call_count, 2)

    # === GIVEN BACK === #

    def test_full_refund_opens_all_of_them(self):
        moves = self._create_invoices(10, 20, 30)
        self._run_autopay()
        self._refund(moves.autopay_attempt_ids)
        self._poll()
        self.assertEqual(moves.mapped("amount_residual"), [10, 20, 30])
        self.assertEqual(set(moves.mapped("autopay_refunded")), {True})

    @fault(96)
    def test_part_of_a_refund_opens_the_newest_first(self):
        moves = self._create_invoices(10, 20, 30)
        self._run_autopay()
        self._refund(moves.autopay_attempt_ids, 3500)
        self._poll()
        self.assertEqual(moves.mapped("amount_residual"), [0, 5, 30])
        self.assertEqual(moves.mapped("autopay_refunded"), [False, True, True])
        self.assertEqual(self._get_customer_balance(), 35)
        self.assertFalse(self._get_breaches())

    def test_dispute_opens_all_and_winning_it_pays_all(self):
        moves = self._create_invoices(10, 20, 30)
        self._run_autopay()
        ref = self.admin.open_dispute(moves.autopay_attempt_ids.object_ref)["id"]
        self._poll()
        self.assertEqual(moves.mapped("amount_residual"), [10, 20, 30])
        self.assertEqual(set(moves.mapped("autopay_status")), {"error"})
        self.admin.answer_dispute(ref)
        self.admin.win_dispute(ref)
        self._poll()
        self.assertEqual(moves.mapped("amount_residual"), [0, 0, 0])

    def test_second_payment_of_one_is_known_as_too_much(self):
        moves = self._create_invoices(10, 20, 30)
        send = type(self.env["autopay.engine"])._send

        def pay_first(stage, ctx, verb, attempts):
            if verb == "charge":
                self._register_payment(attempts.line_ids.move_id.sorted("id")[1], 20)
            return send(stage, ctx, verb, attempts)

        with patch.object(type(self.env["autopay.engine"]), "_send", pay_first):
            self._run_autopay()
        attempt = moves.autopay_attempt_ids
        self.assertEqual(attempt.excess_amount, 20)
        self.assertEqual(moves.mapped("amount_residual"), [0, 0, 0])
