from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.autopay.tests.fault import fault

from .common_trigger import TriggerCommon


@tagged("post_install", "-at_install")
class TestAutopayOrderTrigger(TriggerCommon):
    """The rest of an order is invoiced and charged once, when its trigger comes."""

    # === TRIGGERS === #

    def test_delivered_order_is_invoiced_charged_and_paid_once(self):
        order = self._sell(self.prints, self.goods, self.service)
        self._collect_orders()
        self.assertFalse(order.invoice_ids)
        self._deliver(order, self.prints)
        self._collect_orders()
        self.assertFalse(order.invoice_ids)
        self._deliver(order, self.goods)
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()
        [invoice] = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 300))
        self.assertIn(
            "was fully delivered", " ".join(invoice.message_ids.mapped("body"))
        )
        self.assertEqual(self._get_taken(order), [30000])
        self.assertEqual(order.autopay_progress, "paid")
        self.assertEqual(order.autopay_sentence, "Everything is paid.")

    def test_confirmed_order_is_collected_as_far_as_it_can_be_invoiced(self):
        order = self._sell(self.service, self.prints, trigger="confirmed")
        waiting = self._sell(self.prints, trigger="confirmed")
        none = self._sell(self.service, trigger=False)
        quotation = self._sell(self.service, trigger="confirmed", confirm=False)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [10000])
        self.assertFalse((waiting | none | quotation).invoice_ids)
        self.assertFalse(waiting.autopay_progress)
        self._deliver(order, self.prints)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [10000, 10000])

    @fault(126)
    def test_day_of_an_order(self):
        past, today, later, undated = (
            self._sell(
                self.service,
                trigger="date",
                autopay_collect_date=day,
                payment_term_id=self.env.ref("account.account_payment_term_30days").id,
            )
            for day in (
                self.today - timedelta(days=9),
                self.today,
                self.today + timedelta(days=1),
                False,
            )
        )
        self._collect_orders()
        self._run_autopay()
        # The day was chosen: it counts, and not when the invoice falls due.
        self.assertEqual(self._get_taken(past), [10000])
        self.assertEqual(self._get_taken(today), [10000])
        self.assertFalse(later.invoice_ids)
        self._assert_stuck(undated, "choose one")
        undated.autopay_collect_date = self.today
        self._collect_orders()
        self.assertEqual(undated.autopay_progress, "collecting")
        self.assertFalse(self._get_calls(undated))

    def test_delivered_order_is_charged_when_its_invoice_is_due(self):
        term = self.env.ref("account.account_payment_term_30days")
        order = self._sell(self.service, trigger="confirmed", payment_term_id=term.id)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(
            order.invoice_ids.autopay_date, self.today + timedelta(days=30)
        )
        self.assertFalse(self._get_taken(order))

    def test_lines_that_are_added_later_are_collected_too(self):
        order = self._sell(self.prints)
        self._deliver(order)
        self._collect_orders()
        order.order_line = [
            Command.create({"product_id": self.paper.id, "price_unit": 40})
        ]
        self._collect_orders()
        self.assertEqual(len(order.invoice_ids), 1)
        self._deliver(order)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [10000, 4000])
        sources = order.invoice_ids.autopay_source_ids.mapped("source")
        self.assertEqual(
            set(sources),
            {f"sale:{order.id}:delivered", f"sale:{order.id}:delivered:2"},
        )

    # === BY HAND MEANWHILE === #

    def test_invoices_made_by_hand_are_collected_with_the_rest(self):
        order = self._sell(self.service, self.prints)
        by_hand = self._make_invoice(order)
        other = self._sell(self.service)
        both = self._sell(self.service)
        shared = self._make_invoice(other | both)
        removed = self._sell(self.service)
        gone = self._make_invoice(removed)
        gone.action_autopay_collect()
        gone.action_autopay_remove()
        self._deliver(order)
        self._deliver(other | removed)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(by_hand.amount_total, 100)
        self.assertEqual(self._get_taken(order), [10000, 10000])
        # One of two orders does not decide about both; nor does a trigger over people.
        self.assertFalse(shared.autopay_status or gone.autopay_status)
        self._assert_stuck(other, "that can be invoiced was invoiced")

    def _make_invoice(self, orders):
        invoice = orders._create_invoices()
        invoice.action_post()
        return invoice

    def test_draft_of_a_person_is_not_posted(self):
        order = self._sell(self.prints, self.service)
        draft = order._create_invoices()
        self._deliver(order)
        self._collect_orders()
        self._assert_stuck(order, "draft that somebody is working on")
        self.assertEqual(order.invoice_ids, draft)
        self._collect_orders()
        self.assertEqual(len(self._get_calls(order)), 1)
        draft.action_post()
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(sorted(self._get_taken(order)), [10000, 10000])
        self.assertFalse(self._get_calls(order))

    # === WHAT ASKS A PERSON === #

    @fault(125)
    def test_order_without_lines_and_one_that_was_returned_ask_a_person(self):
        empty = self._sell(trigger="confirmed")
        order = self._sell(self.prints)
        self._deliver(order)
        self._collect_orders()
        self._assert_stuck(empty, "has no lines that can be invoiced")
        self._run_autopay()
        order.order_line.product_uom_qty = 0
        self._deliver(order, quantity=0)
        self._collect_orders()
        self._assert_stuck(order, "owed to the customer")
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(self._get_taken(order), [10000])
        empty.autopay_trigger = False
        self._collect_orders()
        self.assertFalse(empty.autopay_progress or self._get_calls(empty))

    @fault(125)
    def test_order_of_nothing_says_so(self):
        orders = [
            self._sell(*products, trigger=trigger, autopay_collect_date=self.today)
            for products, trigger in (
                ([self.prints], "delivered"),
                ([self.goods, self.prints], "date"),
                ([self.goods], "confirmed"),
            )
        ]
        for order in orders:
            order.order_line.product_uom_qty = 0
        self._collect_orders()
        for order in orders:
            self._assert_stuck(order, "Every quantity of")
        orders[0].order_line.product_uom_qty = 1
        orders[2].order_line.product_uom_qty = 1
        self._collect_orders()
        self.assertFalse(orders[0].autopay_progress)
        self.assertEqual(orders[2].autopay_progress, "collecting")
        # Work that is invoiced by the hour may still come.
        hours = self._sell(self.prints, trigger="confirmed")
        hours.order_line.product_uom_qty = 0
        self._collect_orders()
        self.assertFalse(hours.autopay_progress)

    def test_customer_who_takes_no_part_leaves_nothing_half_done(self):
        wary = self._create_customer("Wary Weavers")
        wary.with_company(self.company).autopay_policy = "off"
        order = self._sell(self.service, trigger="confirmed", partner_id=wary.id)
        sound = self._sell(self.service, trigger="confirmed")
        self._collect_orders()
        self._assert_stuck(order, "takes no part in autopay")
        self.assertFalse(order.invoice_ids)
        self.assertEqual(sound.autopay_progress, "collecting")
        wary.with_company(self.company).autopay_policy = "manual"
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "collecting")

    def test_cancelled_order_and_company_without_autopay_are_left_alone(self):
        canceled = self._sell(self.service, trigger="confirmed")
        canceled._action_cancel()
        order = self._sell(self.service, trigger="confirmed")
        self.company.autopay_enabled = False
        self._collect_orders()
        self.assertFalse((canceled | order).invoice_ids)
        words = order._autopay_invoice_and_collect("task:7:stage:3")
        self.assertIn("Autopay is off in", words)
        self.company.autopay_enabled = True
        words = canceled._autopay_invoice_and_collect("task:7:stage:3")
        self.assertIn("is canceled", words)
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "collecting")
        self.assertFalse(canceled.invoice_ids)

    def test_order_in_another_currency_is_charged_in_it(self):
        euro = self.env["res.currency"].search(
            [("name", "=", "EUR"), ("active", "in", (True, False))]
        )
        euro.active = True
        prices = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        order = self._sell(self.service, trigger="confirmed", pricelist_id=prices.id)
        self._collect_orders()
        self._run_autopay()
        [charge] = self._get_charges(order.invoice_ids)
        self.assertEqual((charge["currency"], charge["amount"]), ("eur", 10000))

    @fault(124)
    def test_provider_switched_off_before_the_charge_is_told_on_the_invoice(self):
        order = self._sell(self.service, trigger="confirmed")
        self._collect_orders()
        self.provider.state = "disabled"
        self._run_autopay()
        self.assertFalse(self._get_taken(order))
        # Odoo archives the methods of a provider that is switched off.
        self.assertEqual(order.invoice_ids.autopay_blocker, "method_archived")
        self.assertEqual(order.autopay_progress, "collecting")
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.env.invalidate_all()
        self.assertIn(f"{order.invoice_ids.name} (Blocked", order.autopay_sentence)

    def test_locked_order_is_collected_with_its_deposit(self):
        order = self._sell(self.prints, autopay_deposit=0.2)
        order.action_lock()
        self._collect_orders()
        self._deliver(order)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [2000, 8000])

    def test_declined_order_says_at_once_that_it_is_tried_again(self):
        self._enrol({"kind": "decline", "decline_code": "insufficient_funds"})
        order = self._sell(self.service, trigger="confirmed")
        self._collect_orders()
        self._run_autopay()
        self.env.invalidate_all()
        self.assertIn("Retry Planned", order.autopay_sentence)

    # === MANY === #

    def test_orders_are_looked_at_in_sets_and_one_that_fails_stops_no_other(self):
        orders = self.env["sale.order"].union(
            *(self._sell(self.service, trigger="confirmed") for _number in range(4))
        )
        self._collect_orders()
        for invoice in orders.invoice_ids:
            self._pay_by_bank(invoice)
        follow, seen = type(orders)._follow_payment, []

        def watch(part):
            seen.append(len(part))
            if orders[1] in part:
                raise ZeroDivisionError("a bad order")
            return follow(part)

        room = "odoo.addons.autopay_sale.models.autopay_order_trigger"
        with (
            patch(f"{room}.ORDERS_TOGETHER", 2),
            patch.object(type(orders), "_follow_payment", watch),
            mute_logger("odoo.addons.autopay.models.engine.autopay_stage"),
        ):
            self._collect_orders()
        self.assertEqual(seen, [2, 1, 1, 2])
        progress = orders.mapped("autopay_progress")
        self.assertEqual(progress, ["paid", "collecting", "paid", "paid"])

    def _pay_by_bank(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def test_what_orders_were_collected_for_is_asked_once_for_all(self):
        orders = self.env["sale.order"].union(
            *(self._sell(self.service, trigger="confirmed") for _number in range(3))
        )
        self._collect_orders()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            found = orders._group_autopay_sources()
            self.assertEqual([len(found[order]) for order in orders], [1, 1, 1])

    # === FOR OTHERS === #

    def test_source_collects_an_order_once_and_follows_what_was_paid_before(self):
        order = self._sell(self.service, self.prints, trigger=False)
        for _number in range(2):
            self.assertEqual(order._autopay_invoice_and_collect("task:7"), "")
        self.assertEqual(len(order.invoice_ids), 1)
        self._run_autopay()
        self.assertEqual(order._autopay_invoice_and_collect("task:8"), "")
        self._run_autopay()
        rows = order.invoice_ids.autopay_source_ids
        self.assertEqual(set(rows.mapped("state")), {"collected"})
        self.assertEqual(self._get_taken(order), [10000])

    # === DEPOSIT === #

    def test_deposit_is_told_before_the_job_takes_it(self):
        order = self._sell(self.prints, confirm=False, autopay_deposit=0.3)
        offered = "The deposit of $\xa030.00 is charged when the order is confirmed"
        self.assertIn(offered, order.autopay_sentence)
        self.assertIn("when everything is delivered", order.autopay_sentence)
        order.action_confirm()
        within = "The deposit of $\xa030.00 is charged within minutes"
        self.assertIn(within, order.autopay_sentence)
        # Nothing comes before what is charged as a whole.
        self._deliver(order, self.prints)
        order.invalidate_recordset()
        self.assertNotIn("deposit", order.autopay_sentence)

    def test_deposit_of_an_order_that_is_charged_as_a_whole_is_said_to_be_none(self):
        seller = self._create_user("selling", "sales_team.group_sale_salesman")
        order = self._sell(
            self.goods, confirm=False, autopay_deposit=0.3, user_id=seller.id
        )
        with Form(order.with_user(seller)) as form:
            form.autopay_trigger = "confirmed"
            self.assertEqual(form.autopay_deposit, 0.3)
            self.assertIn("No deposit is taken", form.autopay_sentence)
            self.assertIn("as soon as it can be invoiced", form.autopay_sentence)
            form.autopay_trigger = "delivered"
            self.assertIn("The deposit of", form.autopay_sentence)
            form.autopay_trigger = "confirmed"
        order.action_confirm()
        self.assertIn("No deposit is taken", order.autopay_sentence)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [10000])
        self.assertEqual(order.autopay_sentence, "Everything is paid.")

    def test_deposit_is_charged_at_confirmation_and_the_rest_when_delivered(self):
        order = self._sell(self.prints, self.paper, autopay_deposit=0.3)
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()
        self.assertEqual(self._get_taken(order), [6000])
        self.assertEqual(order.autopay_progress, "deposit")
        self.assertIn("The deposit is paid; the rest", order.autopay_sentence)
        self._deliver(order)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [6000, 14000])
        self.assertEqual(order.invoice_ids.mapped("amount_residual"), [0, 0])
        self.assertEqual(order.autopay_progress, "paid")

    def test_deposit_that_was_refused_is_taken_when_that_is_mended(self):
        payer = self.customer.with_company(self.company)
        payer.autopay_policy = "off"
        order = self._sell(self.prints, autopay_deposit=0.3)
        for _number in range(2):
            self._collect_orders()
        self._assert_stuck(order, "takes no part in autopay")
        self.assertFalse(order.invoice_ids)
        self.assertFalse(order.order_line.filtered("is_downpayment"))
        payer.autopay_policy = "manual"
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "deposit")
        self.assertFalse(self._get_calls(order))
        self.assertEqual(order.invoice_ids.amount_total, 30)

    def test_seller_does_not_approve_what_the_order_charges(self):
        self.company.autopay_approval_limit = 50
        seller = self._create_user(
            "deciding",
            "sales_team.group_sale_manager,account.group_account_manager",
        )
        order = self._sell(self.service, trigger="confirmed", user_id=seller.id)
        self._collect_orders()
        self.assertEqual(order.invoice_ids.autopay_blocker, "needs_approval")
        self.assertIn(seller, order.invoice_ids._get_autopay_editors())

    def test_invoice_that_somebody_works_on_calls_nobody(self):
        order = self._sell(self.service, trigger=False)
        moves = self._make_invoice(order)
        order.autopay_trigger = "confirmed"
        none = moves.browse()
        with patch.object(type(moves), "try_lock_for_update", lambda *_x, **_y: none):
            self._collect_orders()
        self.assertFalse(order.autopay_progress or self._get_calls(order))
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "collecting")

    # === FORMS === #

    def test_seller_chooses_and_copies(self):
        seller = self._create_user("selling", "sales_team.group_sale_salesman")
        with Form(self.env["sale.order"].with_user(seller)) as form:
            form.partner_id = self.customer
            form.autopay_trigger = "date"
            form.autopay_collect_date = self.today
        order = form.save()
        self.assertIn("Invoiced and charged on", order.autopay_sentence)
        self.assertNotIn("no payment method", order.autopay_sentence)
        self.customer.with_company(self.company).sudo().autopay_token_id = False
        order.invalidate_recordset()
        self.assertIn("no payment method for it yet", order.autopay_sentence)
        copy = order.copy()
        self.assertEqual(copy.autopay_trigger, "date")
        self.assertFalse(copy.autopay_collect_date)
        self.assertIn("Choose the day", copy.autopay_sentence)
        with self.assertRaises(AccessError):
            order.autopay_progress = "paid"
        self.env["ir.default"].set("sale.order", "autopay_trigger", "delivered")
        with Form(self.env["sale.order"].with_user(seller)) as form:
            form.partner_id = self.customer
            self.assertEqual(form.autopay_trigger, "delivered")
