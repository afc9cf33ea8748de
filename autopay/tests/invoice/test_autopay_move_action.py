from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import AutopayCommon

LOST = "pm_card_chargeDeclinedLostCard"
BROKE = "pm_card_chargeCustomerFail"


@tagged("post_install", "-at_install")
class TestAutopayMoveAction(AutopayCommon):
    """One click on many invoices does nothing that it does not say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("clicking", "account.group_account_invoice")

    def _create_failed(self, method, name):
        customer = self._create_customer(name)
        self._enrol(method, customer)
        return self._create_due_invoice(customer=customer)

    def _create_mix(self):
        """Return invoices of all kinds, by what became of them."""
        self._enrol()
        mix = {
            "collected": self._create_due_invoice(),
            "failed": self._create_failed(BROKE, "Blue Harbour"),
            "lost": self._create_failed(LOST, "Lost Lemons"),
        }
        self._run_autopay()
        mix["fresh"] = self._create_posted_invoice()
        mix["eligible"] = self._create_due_invoice()
        mix["paid"] = self._create_posted_invoice()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=mix["paid"].ids
        ).create({})._create_payments()
        mix["draft"] = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        mix["canceled"] = mix["draft"].copy()
        mix["canceled"].button_cancel()
        mix["credit"] = self._create_posted_invoice(move_type="out_refund")
        return mix

    def _join(self, mix, names=None):
        return (
            self.env["account.move"]
            .union(*(mix[name] for name in (names or mix)))
            .with_user(self.user)
        )

    def _get_statuses(self, mix):
        return {name: move.autopay_status for name, move in mix.items()}

    # === MAKE ELIGIBLE === #

    def test_failed_ones_are_asked_about_before_anything_changes(self):
        mix = self._create_mix()
        before = self._get_statuses(mix)
        action = self._join(mix).action_autopay_make_eligible()
        self.assertEqual(action["res_model"], "autopay.retry")
        self.assertEqual(self._get_statuses(mix), before)
        wizard = self.env["autopay.retry"].with_user(self.user).browse(action["res_id"])
        counts = (wizard.fresh_count, wizard.retry_count, wizard.method_count)
        self.assertEqual(counts, (2, 1, 1))
        self.assertEqual(wizard.left_count, 5)

    def test_retry_takes_what_can_be_collected_and_leaves_the_rest(self):
        mix = self._create_mix()
        before = self._get_statuses(mix)
        action = self._join(mix).action_autopay_make_eligible()
        wizard = self.env["autopay.retry"].with_user(self.user).browse(action["res_id"])
        told = wizard.action_retry()["params"]["message"]
        after = self._get_statuses(mix)
        changed = {name for name in mix if before[name] != after[name]}
        self.assertEqual(changed, {"fresh", "draft", "failed"})
        self.assertEqual(after["collected"], "success")
        self.assertEqual(after["lost"], "error")
        self.assertFalse(after["paid"])
        self.assertIn("Put on autopay: 3.", told)
        self.assertIn("Paid or collected: 2.", told)
        self.assertIn("another payment method is needed first: 1", told)

    def test_failed_ones_can_be_left(self):
        mix = self._create_mix()
        action = self._join(mix).action_autopay_make_eligible()
        wizard = self.env["autopay.retry"].with_user(self.user).browse(action["res_id"])
        told = wizard.action_without_failed()["params"]["message"]
        self.assertEqual(mix["failed"].autopay_status, "error")
        self.assertEqual(mix["fresh"].autopay_status, "eligible")
        self.assertIn("Failed and not retried: 1.", told)

    def test_those_in_need_of_a_method_are_shown(self):
        mix = self._create_mix()
        action = self._join(mix).action_autopay_make_eligible()
        wizard = self.env["autopay.retry"].with_user(self.user).browse(action["res_id"])
        domain = wizard.action_view_needing_method()["domain"]
        self.assertEqual(self.env["account.move"].search(domain), mix["lost"])

    def test_many_without_failed_ones_are_counted_at_once(self):
        mix = self._create_mix()
        names = ("fresh", "collected", "eligible", "credit")
        told = self._join(mix, names).action_autopay_make_eligible()["params"]
        self.assertIn("Put on autopay: 1.", told["message"])
        self.assertIn("On autopay already: 1.", told["message"])
        self.assertEqual(mix["collected"].autopay_status, "success")

    def test_a_failed_invoice_with_a_new_method_is_tried_again(self):
        mix = self._create_mix()
        self._enrol(customer=mix["lost"].partner_id)
        self.assertFalse(self._join(mix, ["lost"]).action_autopay_make_eligible())
        self._run_autopay()
        self.assertEqual(mix["lost"].autopay_status, "success")

    def test_one_invoice_that_cannot_be_taken_is_refused_in_words(self):
        mix = self._create_mix()
        words = {
            "collected": "paid or was collected",
            "paid": "paid or was collected",
            "canceled": "canceled",
            "credit": "customer invoices only",
            "lost": "another payment method",
        }
        for name, part in words.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, part):
                self._join(mix, [name]).action_autopay_make_eligible()

    def test_one_that_waits_for_the_customer_is_refused_in_words(self):
        self._enrol("pm_card_authenticationRequired")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.state, "action_required")
        with self.assertRaisesRegex(UserError, "waits for the customer"):
            invoice.with_user(self.user).action_autopay_make_eligible()

    def test_only_billing_users_click(self):
        user = self._create_user("employee", "base.group_user")
        with self.assertRaises(AccessError):
            self._create_posted_invoice().with_user(user).action_autopay_make_eligible()

    # === REMOVE === #

    def test_remove_takes_off_what_is_still_to_come(self):
        mix = self._create_mix()
        told = self._join(mix).action_autopay_remove()["params"]["message"]
        self.assertIn("Taken off autopay: 3.", told)
        self.assertEqual(mix["collected"].autopay_status, "success")
        for name in ("eligible", "failed", "lost"):
            self.assertFalse(mix[name].autopay_status)

    def test_remove_of_one_that_was_collected_is_refused(self):
        mix = self._create_mix()
        with self.assertRaisesRegex(UserError, "was collected"):
            self._join(mix, ["collected"]).action_autopay_remove()

    # === CHARGE NOW === #

    def _open_wizard(self, moves):
        action = moves.with_user(self.user).action_autopay_charge_now()
        wizards = self.env[action["res_model"]].with_user(self.user)
        return wizards.with_context(**action["context"]).create({})

    def _charge(self, wizard):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            wizard.with_env(self.env(cr=cr, user=self.user.id)).action_charge()
        self.env.invalidate_all()

    def test_marked_invoices_are_not_ticked(self):
        self._enrol()
        due, early = self._create_due_invoice(), self._create_due_invoice()
        early.autopay_date = self.today + timedelta(days=14)
        off = self._create_customer("Thimble Ferries", autopay_policy="off")
        self._enrol(customer=off)
        away = self._create_due_invoice(customer=off)
        wizard = self._open_wizard(due + early + away)
        lines = wizard._get_lines()
        marks = {line.move_id: (line.mark, line.is_chosen) for line in lines}
        self.assertEqual(
            marks,
            {
                due: (False, True),
                early: ("date_not_reached", False),
                away: ("customer_off", False),
            },
        )
        self.assertFalse(wizard.off_names)
        self._charge(wizard)
        self.assertEqual(due.autopay_status, "success")
        self.assertFalse((early + away).autopay_attempt_ids)
        outcomes = {line.move_id: line.outcome for line in wizard._get_lines()}
        self.assertEqual(outcomes, {due: "charged", early: "left", away: "left"})

    def test_a_customer_for_whom_autopay_is_off_is_named(self):
        self.customer.autopay_policy = "off"
        self._enrol()
        wizard = self._open_wizard(self._create_due_invoice())
        self.assertTrue(wizard._get_lines().is_chosen)
        self.assertEqual(wizard.off_names, self.customer.display_name)

    def test_a_planned_retry_is_marked(self):
        self._enrol(BROKE)
        failed = self._create_due_invoice()
        self._run_autopay()
        fresh = self._create_due_invoice()
        wizard = self._open_wizard(failed + fresh)
        line = wizard._get_lines().filtered(lambda line: line.move_id == failed)
        self.assertEqual((line.mark, line.is_chosen), ("retry_not_due", False))
        self.assertIn("Failed", line.last_result)

    def test_skipped_ones_are_counted_by_reason(self):
        self._enrol()
        paid = self._create_due_invoice()
        self._run_autopay()
        credit = self._create_posted_invoice(move_type="out_refund")
        wizard = self._open_wizard(paid + credit + self._create_due_invoice())
        self.assertIn("Nothing due: 1", wizard.skip_summary)
        self.assertIn("Not a customer invoice: 1", wizard.skip_summary)

    def test_a_large_sum_is_confirmed_first(self):
        self.company.autopay_confirm_limit = 150.0
        self._enrol()
        moves = self._create_due_invoice() + self._create_due_invoice()
        wizard = self._open_wizard(moves)
        self.assertTrue(wizard.needs_confirmation)
        with self.assertRaisesRegex(UserError, "confirm"):
            self._charge(wizard)
        self.assertFalse(moves.autopay_attempt_ids)
        wizard._get_lines()[1].is_chosen = False
        self.assertFalse(wizard.needs_confirmation)
        wizard._get_lines()[1].is_chosen = True
        wizard.is_confirmed = True
        self._charge(wizard)
        self.assertEqual(moves.mapped("autopay_status"), ["success", "success"])

    def test_another_sum_is_confirmed_anew(self):
        self.company.autopay_confirm_limit = 50.0
        self._enrol()
        moves = self._create_due_invoice() + self._create_due_invoice()
        action = moves.with_user(self.user).action_autopay_charge_now()
        wizards = self.env[action["res_model"]].with_user(self.user)
        form = Form(wizards.with_context(**action["context"]))
        form.is_confirmed = True
        with form.ready_ids.edit(1) as line:
            line.is_chosen = False
        self.assertFalse(form.is_confirmed)
        form.is_confirmed = True
        self.assertTrue(form.save().is_confirmed)

    def test_lines_of_a_browser_cannot_bring_in_other_invoices(self):
        self._enrol()
        mine, other = self._create_due_invoice(), self._create_due_invoice()
        wizard = self._open_wizard(mine)
        self.assertEqual(wizard._get_lines().move_id, mine)
        wizard.ready_ids = [Command.create({"move_id": other.id})]
        self._charge(wizard)
        self.assertEqual(mine.autopay_status, "success")
        self.assertFalse(other.autopay_attempt_ids)
