from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ... import const
from ...models.decision.autopay_decision import AutopayDecision
from ...models.status import autopay_status
from ..portal.common_pages import PagesCommon

# Standings that are found out anew whenever an invoice is opened.
DECIDED = ("scheduled", "retry", "waiting", "blocked", "failed", "in_progress")


@tagged("post_install", "-at_install")
class TestAutopayStatus(PagesCommon):
    """How invoices stand is kept for lists, and follows what changes."""

    def _look(self):
        """Run the job that looks at invoices, once all is committed."""
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")

    def _age(self, moves):
        """Have these be changed before they were looked at, as time would."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET write_date = write_date - INTERVAL '1 hour'"
            " WHERE id IN %s",
            [tuple(moves.ids)],
        )
        self.env.invalidate_all()

    def _change(self, move, **values):
        """Write on an invoice after it was looked at: a test has one moment only."""
        move.write(values)
        self._force(move, write_date=fields.Datetime.now() + timedelta(seconds=1))

    def _look_at(self, move):
        """Look at an invoice, and let it be until something changes."""
        self._age(move)
        self._look()
        self.assertFalse(any(rec._is_autopay_stale() for rec in move))

    def _assert_standing(self, move, standing, reason=False, is_fresh=True):
        self.assertEqual(
            (move.autopay_standing, move.autopay_reason), (standing, reason)
        )
        if is_fresh and standing in DECIDED:
            # Its form, which looks at this moment, says the same word.
            move.invalidate_recordset(["autopay_offers"])
            words = (move.autopay_offers or "").split()
            self.assertIn(f"is_{standing}", words)

    def _find(self, *reasons):
        own = [("company_id", "=", self.company.id)]
        return self.env["account.move"].search(
            [*own, ("autopay_blocker", "in", list(reasons))]
        )

    def test_failed_charge_shows_at_once_that_it_is_tried_again(self):
        self._enrol({"kind": "decline", "decline_code": "insufficient_funds"})
        retried = self._create_due_invoice()
        lost = self._create_customer("Brisk Bakery")
        self._enrol({"kind": "decline", "decline_code": "lost_card"}, customer=lost)
        failed = self._create_due_invoice(customer=lost)
        self._run_autopay()
        # Nobody has looked at them yet.
        self.assertFalse((retried | failed).filtered("autopay_standing_date"))
        self._assert_standing(retried, "retry")
        self.assertEqual(retried.autopay_next_date, retried.autopay_retry_date)
        self._assert_standing(failed, "failed")
        # A try that is planned, or given up, apart from the failure shows as well.
        failed.sudo().autopay_retry_date = self.today
        self.assertEqual(failed.autopay_standing, "retry")
        failed.sudo().autopay_retry_date = False
        self._assert_standing(failed, "failed")

    def test_standing_follows_a_charge_from_date_to_refund(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._assert_standing(invoice, "scheduled")
        self._change(invoice, autopay_date=fields.Date.add(self.today, days=5))
        self._look()
        self._assert_standing(invoice, "scheduled", "date_not_reached")
        self.assertEqual(invoice.autopay_next_date, invoice.autopay_date)
        self.assertEqual(invoice.autopay_next_amount, 100.0)
        self.assertEqual(self._find("date_not_reached"), invoice)
        self._change(invoice, autopay_hold_date=fields.Date.add(self.today, days=2))
        self._look()
        self._assert_standing(invoice, "waiting", "on_hold")
        self.assertFalse(invoice.autopay_next_date)
        self._change(invoice, autopay_hold_date=False, autopay_date=self.today)
        self._look()
        self._assert_standing(invoice, "scheduled")
        self.assertEqual(self._find(False), invoice)
        self._run_autopay()
        # Without another look.
        self._assert_standing(invoice, "collected")
        self._look()
        self._assert_standing(invoice, "collected")
        invoice._begin_autopay_refund()
        self._assert_standing(invoice, "refunded")

    def test_money_under_way_comes_before_what_stops_the_next_charge(self):
        # Archived is a contact without a user.
        customer = self._create_customer("Brisk Bakery")
        self._enrol("pm_usBankAccount_processing", customer=customer)
        invoice = self._create_due_invoice(customer=customer)
        self._run_autopay()
        self._look_at(invoice)
        self._assert_standing(invoice, "in_progress", "debit_pending")
        for record, stops in (
            (self.company, {"autopay_enabled": False}),
            (customer.with_company(self.company), {"autopay_policy": "off"}),
            (customer, {"active": False}),
        ):
            before = {name: record[name] for name in stops}
            record.write(stops)
            with self.subTest(stops=stops):
                self._look_at(invoice)
                self._assert_standing(invoice, "in_progress", "debit_pending")
                self.assertIn("under way", invoice.autopay_explanation)
            record.write(before)

    def test_standing_follows_what_is_not_on_the_invoice(self):
        token = self._enrol()
        invoice = self._create_due_invoice()
        self._look_at(invoice)
        self._assert_standing(invoice, "scheduled")
        token.write({"active": False})
        self._look()
        self._assert_standing(invoice, "blocked", "method_archived")
        token.write({"active": True})
        self._look()
        self.company.autopay_enabled = False
        self._look()
        self._assert_standing(invoice, "blocked", "company_off")
        self.company.autopay_enabled = True
        self._look()
        self._assert_standing(invoice, "scheduled")
        self.assertFalse(self.env["autopay.status.mark"].sudo().search([]))
        credit = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": 30.0,
                "company_id": self.company.id,
            }
        )
        credit.action_post()
        self._look()
        self._assert_standing(invoice, "blocked", "open_credit")
        credit.action_draft()
        self._look()
        self._assert_standing(invoice, "scheduled")
        token.autopay_authorization_ids.action_revoke()
        self._look()
        self._assert_standing(invoice, "blocked", "authorization_revoked")

    def test_marked_customers_have_their_turn_however_short_the_time(self):
        customers = [self._create_customer(name) for name in ("Lutes", "Harps")]
        tokens = self.env["payment.token"]
        moves = self.env["account.move"]
        for customer in customers:
            tokens |= self._enrol(customer=customer)
            for _number in range(3):
                moves |= self._create_due_invoice(customer=customer)
        self._look_at(moves)
        tokens.write({"active": False})
        cron = type(self.env["ir.cron"])
        commit = cron._commit_progress

        def have_no_time(model, *args, **kwargs):
            commit(model, *args, **kwargs)
            return 0.0

        with (
            patch.object(autopay_status, "BATCH_SIZE", 1),
            patch.object(cron, "_commit_progress", have_no_time),
        ):
            self._look()
            self.env.invalidate_all()
            looked = moves.filtered(lambda move: move.autopay_standing == "blocked")
            self.assertEqual(looked.commercial_partner_id, customers[0])
            self.assertEqual(len(looked), 3)
            self._look()
        self.env.invalidate_all()
        self.assertFalse(self.env["autopay.status.mark"].sudo().search([]))
        self.assertEqual(set(moves.mapped("autopay_standing")), {"blocked"})

    def test_entries_without_a_customer_mark_nobody(self):
        self._enrol()
        self._look_at(self._create_due_invoice())
        pass_row = self.env["autopay.status.pass"].sudo()._get_of(self.company)
        accounts = self.company_data
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": accounts["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": accounts[f"default_account_{kind}"].id,
                            "balance": balance,
                        }
                    )
                    for kind, balance in (("revenue", -5.0), ("expense", 5.0))
                ],
            }
        )
        entry.action_post()
        self.env.cr.flush()
        self.assertFalse(self.env["autopay.status.mark"].sudo().search([]))
        self.assertEqual(pass_row.day, self.today)

    def test_the_company_that_waits_longest_has_its_turn_first(self):
        other = self._create_company(name="Second in Line")
        other.autopay_enabled = True
        service = self.env["autopay.status"]
        turns = []

        def note(_service, company):
            turns.append(company)
            company.env["autopay.status.pass"].sudo()._get_of(company).turn_date = (
                fields.Datetime.now() + timedelta(seconds=len(turns))
            )
            return False

        with patch.object(autopay_status.AutopayStatus, "_refresh_company", note):
            for _run in range(3):
                service._cron_refresh()
        ours = [each for each in turns if each in (self.company, other)]
        self.assertNotEqual(ours[0], ours[1], turns)

    def test_failed_waiting_and_in_progress_are_told_apart(self):
        for method, standing, reason in (
            ("pm_card_chargeDeclinedLostCard", "failed", "failed"),
            ("pm_card_chargeDeclinedInsufficientFunds", "retry", "retry_not_due"),
            ("pm_card_authenticationRequired", "waiting", "needs_authentication"),
            ("pm_usBankAccount_success", "in_progress", "debit_pending"),
        ):
            with self.subTest(standing):
                customer = self._create_customer(standing)
                self._enrol(method, customer=customer)
                invoice = self._create_due_invoice(customer=customer)
                self._run_autopay()
                self._look()
                self._assert_standing(invoice, standing, reason)

    def test_each_day_all_that_is_open_is_looked_at_and_only_changes_are_written(self):
        self._enrol()
        moves = self._create_due_invoice() | self._create_due_invoice()
        held, due = moves
        held.autopay_hold_date = fields.Date.add(self.today, days=1)
        self._look_at(moves)
        seen = due.autopay_standing_date
        passed = (
            self.env["autopay.status.pass"]
            .sudo()
            .search([("company_id", "=", self.company.id)])
        )
        self.assertEqual(passed.day, self.today)
        # A day later the hold is over.
        self._force(held, autopay_hold_date=self.today)
        self._look()
        self._assert_standing(held, "waiting", "on_hold", is_fresh=False)
        passed.day = fields.Date.add(self.today, days=-1)
        self._look()
        self.assertEqual(passed.day, self.today)
        self._assert_standing(held, "scheduled")
        self.assertEqual(due.autopay_standing_date, seen)

    def test_what_kills_processes_or_cannot_be_decided_stops_nothing(self):
        self._enrol()
        moves = [self._create_due_invoice() for _number in range(3)]
        killer, broken, due = moves
        crashes = const.engine.CRASHES_BEFORE_SET_ASIDE
        self._force(killer, autopay_crash_count=crashes)
        decide = AutopayDecision._decide
        asked = set()

        def decide_some(self, moves, *args, **kwargs):
            asked.update(moves.ids)
            if broken.id in moves.ids:
                raise ValueError("broken")
            return decide(self, moves, *args, **kwargs)

        with (
            patch.object(AutopayDecision, "_decide", decide_some),
            self.assertLogs("odoo.addons.autopay", "ERROR"),
        ):
            self._look()
        self.assertNotIn(killer.id, asked)
        self._assert_standing(killer, "blocked", "set_aside")
        self._assert_standing(broken, "scheduled")
        self.assertTrue(broken._is_autopay_stale())
        self.assertTrue(due.autopay_standing_date)

    def test_people_write_nothing_of_it_and_strangers_read_no_reason(self):
        self._create_due_invoice()
        invoice = self._create_due_invoice()
        with self.assertRaises(AccessError):
            invoice.with_user(self.billing).autopay_standing = "collected"
        with self.assertRaises(AccessError):
            invoice.with_user(self.owner_user).read(["autopay_reason"])

    def test_portal_list_decides_about_nothing_that_is_kept(self):
        self._enrol()
        planned = self._create_due_invoice()
        failed = self._create_due_invoice()
        moves = planned | failed
        self._force(failed, autopay_status="error", autopay_standing="failed")
        self._log_in(self.owner_user)
        shown = self._list()
        self.assertEqual(shown, {planned})
        self._look_at(moves)
        with patch.object(AutopayDecision, "_answer", side_effect=AssertionError):
            self.assertEqual(self._list(), {planned})
        # An invoice that has changed since is decided about.
        self._change(planned, autopay_hold_date=fields.Date.add(self.today, days=2))
        self.assertFalse(self._list())

    def _list(self):
        """Return which invoices the customer's list says are charged by themselves."""
        rows = self._open("/my/invoices").xpath("//tr[.//*[@name='autopay_planned']]")
        names = {row.xpath(".//td//a/@title")[0] for row in rows}
        return set(self.env["account.move"].search([("name", "in", list(names))]))
