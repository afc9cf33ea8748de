from datetime import timedelta

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...words.invoices.offers import BLOCKER_OFFERS, LABELS, OFFERS
from ..fault import fault
from .common_charge_now import ChargeNowCommon


@tagged("post_install", "-at_install")
class TestAutopayChargeNow(ChargeNowCommon):
    # === PREVIEW === #

    def test_preview_tells_what_is_charged_and_why_the_rest_is_not(self):
        self._enrol()
        due = self._create_due_invoice(80.0)
        held = self._create_due_invoice(20.0)
        held.autopay_hold_date = self.today + timedelta(days=2)
        wizard = self._open_form(due + held).save()
        self.assertRecordValues(
            wizard._get_lines(),
            [
                {"move_id": due.id, "amount": 80.0, "blocker": False},
                {"move_id": held.id, "amount": 20.0, "blocker": "on_hold"},
            ],
        )
        self.assertIn("On hold until", wizard._get_lines()[1].explanation)
        self.assertEqual((wizard.charge_count, wizard.skip_count), (1, 1))
        self.assertEqual(wizard.line_ids, wizard._get_lines())

    def test_what_is_skipped_stands_on_a_tab_of_its_own(self):
        self._enrol()
        due, held = self._create_due_invoice(80.0), self._create_due_invoice(20.0)
        held.autopay_hold_date = self.today + timedelta(days=2)
        form = self._open_form(due + held)
        self.assertEqual((len(form.ready_ids), len(form.skipped_ids)), (1, 1))
        wizard = form.save()
        self.assertEqual(wizard.ready_ids.move_id, due)
        self.assertEqual(wizard.skipped_ids.move_id, held)
        self._charge(wizard)
        self.assertEqual(wizard.skipped_ids.outcome, "skipped")
        self.assertEqual(wizard.result, "Charged: 1, Skipped: 1")

    def test_cards_of_a_phone_tick_rows_and_open_no_raw_form(self):
        arch = etree.fromstring(self.env["autopay.charge.now"].get_view()["arch"])
        kanban = arch.find(".//field[@name='ready_ids']/kanban")
        self.assertEqual((kanban.get("can_open"), kanban.get("create")), ("0", "0"))
        tick = kanban.find(".//templates//field[@name='is_chosen']")
        self.assertEqual(tick.get("widget"), "boolean_toggle")

    def test_a_client_that_sends_the_ticks_only_charges_what_is_ticked(self):
        self._enrol()
        due, early = self._create_due_invoice(80.0), self._create_due_invoice(20.0)
        bill = due.copy({"move_type": "out_refund"})
        moves = due + early + bill
        action = moves.with_user(self.user).action_autopay_charge_now()
        lines = [{"move_id": due.id, "is_chosen": True}, {"move_id": early.id}]
        wizards = self.env[action["res_model"]].with_user(self.user)
        wizard = wizards.create(
            {
                "move_ids": [Command.set(moves.ids)],
                "ready_ids": [Command.create(vals) for vals in lines],
            }
        )
        self.assertEqual(wizard.skipped_ids.move_id, bill)
        self.company.autopay_confirm_limit = 79.0
        with self.assertRaisesRegex(UserError, "80.00"):
            self._charge(wizard)
        wizard.is_confirmed = True
        self._charge(wizard)
        self.assertEqual(
            [(line.move_id, line.amount, line.outcome) for line in wizard._get_lines()],
            [(due, 80.0, "charged"), (early, 20.0, "left"), (bill, 80.0, "skipped")],
        )
        self.assertFalse(early.autopay_attempt_ids)

    def test_what_is_marked_says_so_where_the_reasons_stand(self):
        self._enrol()
        early = self._create_due_invoice()
        early.autopay_date = self.today + timedelta(days=9)
        wizard = self._open_form(early + self._create_due_invoice()).save()
        line = wizard._get_lines().filtered(lambda line: line.move_id == early)
        self.assertEqual((line.mark, line.explanation), ("date_not_reached", "Early"))

    def test_method_is_proposed_when_one_customer_pays_all(self):
        token = self._enrol()
        form = self._open_form(self._create_due_invoice() + self._create_due_invoice())
        self.assertEqual(form.token_id, token)
        self.assertEqual(form.payer_id, self.customer)

    def test_each_customer_pays_with_the_own_method(self):
        other = self._create_customer("Blue Harbour")
        first, second = self._enrol(), self._enrol(customer=other)
        moves = self._create_due_invoice() + self._create_due_invoice(customer=other)
        wizard = self._open_form(moves).save()
        self.assertFalse(wizard.token_id)
        self._charge(wizard)
        self.assertEqual(moves.autopay_attempt_ids.token_id, first + second)

    def test_totals_are_told_by_currency(self):
        self._enrol()
        euro = self.env.ref("base.EUR")
        euro.active = True
        moves = self._create_due_invoice(100.0) + self._create_due_invoice(
            50.0, currency_id=euro.id
        )
        form = self._open_form(moves)
        self.assertIn("100.00", form.total)
        self.assertIn("50.00", form.total)

    def test_methods_are_shown_by_brand_and_last_digits(self):
        token = self._enrol().with_context(autopay_brand=True)
        self.assertEqual(token.display_name, f"VISA {token._build_display_name()}")

    def _create_refund_of_another(self):
        """Return a credit note; one of the same customer would hold its invoices."""
        other = self._create_customer("Somebody Else")
        return self._create_posted_invoice(customer=other, move_type="out_refund")

    def test_documents_that_are_no_customer_invoices_are_shown_as_skipped(self):
        self._enrol()
        invoice = self._create_due_invoice()
        refund = self._create_refund_of_another()
        lines = self._open_form(invoice + refund).save()._get_lines()
        blockers = {line.move_id: line.blocker for line in lines}
        self.assertEqual(blockers, {invoice: False, refund: "not_an_invoice"})

    # === WHERE NOTHING CAN BE CHARGED === #

    def _get_offer(self, moves):
        form = self._open_form(moves)
        self.assertEqual(bool(form.offer), bool(form.offer_label))
        return form.offer, form.save()

    def test_what_helps_is_offered_where_an_invoice_cannot_be_charged(self):
        self.provider.is_published = True
        stranger = self._create_customer("No Method")
        asked = self._create_due_invoice(customer=stranger)
        offer, wizard = self._get_offer(asked)
        self.assertEqual(offer, "request_method")
        action = wizard.action_offer()
        self.assertEqual(action["res_model"], "autopay.request.wizard")
        # Many are asked together, of whatever customers.
        other = self._create_due_invoice(customer=self._create_customer("None Either"))
        offer, wizard = self._get_offer(asked + other)
        self.assertEqual(offer, "request_method")
        self._enrol()
        held = self._create_due_invoice()
        held.autopay_hold_date = self.today + timedelta(days=2)
        self.assertFalse(self._get_offer(asked + held)[0], "no one thing helps both")
        self.assertFalse(self._get_offer(asked + self._create_due_invoice())[0])

    def test_hold_is_lifted_and_the_dialog_shows_what_is_charged(self):
        self._enrol()
        held = self._create_due_invoice()
        held.autopay_hold_date = self.today + timedelta(days=2)
        offer, wizard = self._get_offer(held)
        self.assertEqual((offer, wizard.offer_label), ("lift_hold", "Lift Hold"))
        action = wizard.action_offer()
        self.assertFalse(held.autopay_hold_date)
        self.assertEqual(action["context"]["default_move_ids"], held.ids)
        self.assertFalse(self._get_offer(held)[0])
        with self.assertRaisesRegex(UserError, "open Charge Now again"):
            wizard.action_offer()
        paused = self._create_due_invoice()
        token = self.customer.with_company(self.company).autopay_token_id
        self._force(token, autopay_paused_date=self.today)
        offer, wizard = self._get_offer(paused)
        self.assertEqual(offer, "open_customer")
        self.assertEqual(wizard.action_offer()["res_id"], self.customer.id)
        paused.button_draft()
        offer, wizard = self._get_offer(paused)
        self.assertEqual(offer, "open_invoice")
        self.assertEqual(wizard.action_offer()["res_id"], paused.id)
        opened = wizard.skipped_ids.action_open_invoice()
        self.assertEqual(opened["res_id"], paused.id)

    def test_every_offer_has_a_button_of_invoices_and_a_label(self):
        words = {*BLOCKER_OFFERS.values(), *OFFERS, "open_invoice"}
        self.assertEqual(words, set(LABELS))
        for word in words - {"open_invoice"}:
            self.assertTrue(hasattr(self.env["account.move"], f"action_autopay_{word}"))
        table = self.env["autopay.decision"]._get_blocker_table()
        codes = {row.code for row in table}
        self.assertFalse(set(BLOCKER_OFFERS) - codes)

    # === CHARGE === #

    def test_result_tells_what_became_of_each_invoice(self):
        broke = self._create_customer("Blue Harbour")
        self._enrol()
        self._enrol("pm_card_chargeCustomerFail", broke)
        moves = self._create_due_invoice() + self._create_due_invoice(customer=broke)
        wizard = self._open_form(moves).save()
        self._charge(wizard)
        self.assertEqual(wizard._get_lines().mapped("outcome"), ["charged", "failed"])
        self.assertEqual(wizard.result, "Charged: 1, Failed: 1")
        self.assertEqual(moves.mapped("autopay_status"), ["success", "error"])

    @fault(79)
    def test_second_click_does_nothing_more(self):
        self._enrol()
        invoice = self._create_due_invoice()
        wizard = self._open_form(invoice).save()
        self._charge(wizard)
        self._charge(wizard)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(79)
    def test_second_wizard_on_the_same_invoice_does_nothing_more(self):
        self._enrol()
        invoice = self._create_due_invoice()
        first, second = self._open_form(invoice).save(), self._open_form(invoice).save()
        self._charge(first)
        self._charge(second)
        self.assertFalse(second.charge_count)
        self.assertIn("Nothing is due on this invoice.", second.changes)
        with self.assertRaisesRegex(UserError, "None of these invoices"):
            self._charge(second)
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_nothing_to_charge_is_said(self):
        wizard = self._open_form(self._create_due_invoice()).save()
        self.assertFalse(wizard.charge_count)
        with self.assertRaises(UserError):
            wizard.action_charge()

    def test_lines_added_by_hand_are_not_charged(self):
        self._enrol()
        invoice, other = self._create_due_invoice(), self._create_due_invoice()
        wizard = self._open_form(invoice).save()
        wizard.ready_ids = [Command.create({"move_id": other.id})]
        self._charge(wizard)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertFalse(other.autopay_attempt_ids)

    def test_documents_that_are_no_customer_invoices_are_not_charged_by_any_trick(self):
        self._enrol()
        refund = self._create_refund_of_another()
        wizard = self._open_form(self._create_due_invoice() + refund).save()
        wizard._get_lines().blocker = False
        self._charge(wizard)
        self.assertFalse(refund.autopay_attempt_line_ids)

    def test_failed_charge_puts_nothing_on_autopay(self):
        self._enrol("pm_card_chargeCustomerFail")
        invoice = self._create_due_invoice()
        invoice.action_autopay_remove()
        self._charge(self._open_form(invoice).save())
        self.assertEqual(invoice.autopay_attempt_ids.state, "declined")
        self.assertFalse(invoice.autopay_status)
        self.assertFalse(invoice.autopay_retry_date)

    def test_readers_do_not_charge(self):
        self._enrol()
        wizard = self._open_form(self._create_due_invoice()).save()
        self.user.group_ids = self.env.ref("account.group_account_readonly")
        with self.assertRaises(AccessError):
            wizard.action_charge()

    # === AUTHORIZATION === #

    def test_method_without_authorization_is_charged_only_when_it_is_confirmed(self):
        token = self._create_token()
        invoice = self._create_due_invoice()
        form = self._open_form(invoice)
        form.token_id = token
        self.assertTrue(form.is_unauthorized)
        self.assertFalse(form.charge_count)
        form.authorize = True
        self.assertEqual(form.charge_count, 1)
        self._charge(form.save())
        self.assertEqual(invoice.autopay_attempt_ids.token_id, token)
        authorization = invoice.autopay_attempt_ids.authorization_id
        self.assertEqual(authorization.channel, "staff")
        self.assertEqual(authorization.user_id, self.user)

    def test_authorized_method_records_no_other_authorization(self):
        self._enrol()
        form = self._open_form(self._create_due_invoice())
        self.assertFalse(form.is_unauthorized)
        self._charge(form.save())
        self.assertEqual(len(self.customer.autopay_authorization_ids), 1)

    def test_method_is_not_authorized_for_several_customers_at_once(self):
        token = self._create_token()
        other = self._create_posted_invoice(customer=self._create_customer("Other"))
        moves = self._create_posted_invoice() + other
        wizards = self.env["autopay.charge.now"].with_user(self.user)
        wizard = wizards.create(
            {"move_ids": moves.ids, "token_id": token.id, "authorize": True}
        )
        with self.assertRaises(UserError):
            self._charge(wizard)
        self.assertFalse(token.autopay_authorization_ids)

    def test_lines_show_nothing_of_other_companies(self):
        invoice = self._create_posted_invoice()
        wizard = self._open_form(invoice).save()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "autopay_line_stranger",
            "account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        lines = self.env["autopay.charge.now.line"].with_user(stranger)
        with self.assertRaises(AccessError):
            lines.create({"wizard_id": wizard.id, "move_id": invoice.id}).read()
