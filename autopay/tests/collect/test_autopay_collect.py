from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.collect.autopay_move_collect import AutopayMoveCollect
from ..fault import fault
from .common_collect import SOURCE, WHY, CollectCommon


@tagged("post_install", "-at_install")
class TestAutopayCollect(CollectCommon):
    """An invoice is collected once since something was done, or refused in words."""

    # === COLLECT === #

    def test_draft_is_posted_charged_and_followed_once(self):
        draft = self._create_draft()
        self.assertEqual(self._collect(draft), {})
        self.assertEqual(draft.state, "posted")
        self.assertEqual(draft.autopay_status, "eligible")
        self.assertIn("S00012 was delivered", draft.message_ids[0].body)
        self.assertEqual(self._collect(draft), {})
        followed = []

        def hook(moves):
            followed.extend(moves.ids)

        self._follow(hook)
        self.assertEqual(followed, [])
        self._run_autopay()
        self.assertEqual(self._collect(draft), {})
        self._run_autopay()
        self.assertEqual([row["amount"] for row in self._get_charges(draft)], [10000])
        self.assertEqual(draft.amount_residual, 0)
        row = self._get_rows(draft)
        self.assertEqual((len(row), row.state, row.why), (1, "collected", WHY))
        # The run that charged has done what follows by itself.
        self._follow(hook)
        self.assertEqual(followed, [])
        self._collect(draft, "task:7:stage:3")
        self._follow(hook)
        self.assertEqual(followed, draft.ids)

    @fault(126)
    def test_days(self):
        tomorrow = self.today + timedelta(days=1)
        past, later, ruled = (self._create_draft() for _number in range(3))
        self._collect(past, day=self.today - timedelta(days=400))
        self._collect(later, day=tomorrow)
        self._collect(ruled)
        meant = self._create_draft(autopay_date=tomorrow)
        self._collect(meant, day=self.today)
        self.assertEqual(past.autopay_date, self.today)
        self.assertEqual(later.autopay_date, tomorrow)
        self.assertEqual(ruled.autopay_date, ruled._get_autopay_next_date())
        # A day that was set by hand is meant.
        self.assertEqual(meant.autopay_date, tomorrow)
        self.assertIn("the work was to be done", later.autopay_explanation)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(past)), 1)
        self.assertFalse(self._get_charges(later) + self._get_charges(meant))

    def test_what_cannot_be_collected_is_refused_in_words_and_may_be_asked_again(self):
        other = self._create_customer("Wary Weavers")
        other.with_company(self.company).autopay_policy = "off"
        moves = {
            "customer invoices only": self._create_draft(move_type="out_refund"),
            "canceled": self._create_draft(),
            "Wary Weavers takes no part": self._create_draft(partner_id=other.id),
            "in dispute": self._create_posted_invoice(autopay_in_dispute=True),
            "magicians": self._create_draft(invoice_line_ids=[]),
        }
        moves["canceled"].button_cancel()
        good = self._create_draft()
        asked = good.union(*moves.values())
        refused = self._collect(asked)
        self.assertEqual(refused.keys(), set(moves.values()))
        for words, move in moves.items():
            self.assertIn(words, refused[move])
            self.assertIn(words, move.message_ids[0].body)
            self.assertFalse(move.autopay_status)
            self.assertEqual(self._get_rows(move).state, "refused")
        self.assertEqual(good.autopay_status, "eligible")
        said = len(moves["in dispute"].message_ids)
        self.assertEqual(self._collect(asked).keys(), refused.keys())
        self.assertEqual(len(moves["in dispute"].message_ids), said)
        moves["in dispute"].autopay_in_dispute = False
        self.assertNotIn(moves["in dispute"], self._collect(asked))
        self.assertEqual(moves["in dispute"].autopay_status, "eligible")
        self.assertEqual(self._get_rows(moves["in dispute"]).state, "waiting")

    def test_where_autopay_is_off_nothing_happens_and_it_says_so(self):
        draft = self._create_draft()
        self.company.autopay_enabled = False
        [words] = self._collect(draft).values()
        self.assertIn("Autopay is off in", words)
        self.assertEqual((draft.state, draft.autopay_status), ("draft", False))
        self.assertFalse(self._get_rows(draft))

    def test_failed_invoice_waits_for_a_person_and_one_with_a_retry_for_its_day(self):
        self._enrol("pm_card_chargeDeclinedLostCard")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "error")
        self.assertIn("failed before", self._collect(invoice)[invoice])
        invoice.sudo().autopay_retry_date = self.today + timedelta(days=3)
        self.assertEqual(self._collect(invoice), {})
        self.assertEqual(invoice.autopay_status, "error")

    @fault(124)
    def test_provider_disabled_before_the_charge_is_made_up_for_once_it_is_back(self):
        draft = self._create_draft()
        self._collect(draft)
        token = self.customer.with_company(self.company).autopay_token_id
        self.provider.state = "disabled"
        draft.autopay_date = self.today - timedelta(days=9)
        self._run_autopay()
        self.assertFalse(self._get_charges(draft))
        # Odoo archives the methods of a provider that is disabled.
        self.assertIn("was archived", draft.autopay_explanation)
        # One person is told of all its customers at once, and of none by itself.
        wait = f"provider_archive:{self.provider.id}"
        calls = self.env["mail.activity"].search([("autopay_wait", "=", wait)])
        self.assertIn(self.customer.name, calls.note)
        self.assertFalse(self.customer.activity_ids.filtered("autopay_wait"))
        self.assertEqual(self._get_rows(draft).state, "waiting")
        self.provider.state = "test"
        self.assertTrue(token.active)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(draft)), 1)
        self.assertEqual(self._get_rows(draft).state, "collected")
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.assertFalse(calls.exists().filtered("active"))

    # === PAID === #

    def test_payment_by_the_bank_counts_and_one_that_is_taken_off_does_not(self):
        paid, undone, open_move = (self._create_draft() for _number in range(3))
        self._collect(paid | undone | open_move, day=self.today + timedelta(days=9))
        self._pay(paid)
        self._pay(undone)
        undone.line_ids.remove_move_reconcile()
        followed = []
        self._follow(lambda moves: followed.extend(moves.ids))
        self.assertEqual(followed, paid.ids)
        states = self._get_rows(paid | undone | open_move).mapped("state")
        self.assertEqual(sorted(states), ["collected", "waiting", "waiting"])

    def test_what_follows_stops_no_charge_and_is_done_later(self):
        broken, sound = self._create_draft(), self._create_draft()
        self._collect(broken | sound)
        followed = []

        def hook(moves):
            moves.narration = "followed"
            if broken in moves:
                raise UserError(moves.env._("The stage was deleted."))
            followed.extend(moves.ids)

        with patch.object(AutopayMoveCollect, "_autopay_on_collected", hook):
            self._run_autopay()
        self.assertEqual(broken.amount_residual + sound.amount_residual, 0)
        self.assertEqual(followed, sound.ids)
        self.assertFalse(broken.narration)
        row = self._get_rows(broken)
        self.assertEqual((row.state, row.failures), ("waiting", 1))
        self.assertEqual(row.reason, "The stage was deleted.")
        moment = fields.Datetime.now()
        for _number in range(3):
            moment += timedelta(days=1)
            with freeze_time(moment):
                self._follow(hook)
        alarm = broken.activity_ids.filtered(lambda call: call.autopay_wait)
        self.assertIn("The stage was deleted.", alarm.note)
        self.assertEqual(len(alarm), 1)
        with freeze_time(moment + timedelta(days=2)):
            self._follow(lambda moves: followed.extend(moves.ids))
        self.assertEqual(followed, [sound.id, broken.id])
        self.assertEqual(row.state, "collected")
        self.assertFalse(alarm.exists().active)

    # === PEOPLE AND RULES === #

    def test_people_collect_by_an_action(self):
        user = self._create_user("collecting", "account.group_account_invoice")
        draft = self._create_draft()
        refund = self._create_draft(move_type="out_refund")
        with self.assertRaisesRegex(UserError, "customer invoices only"):
            refund.with_user(user).action_autopay_collect()
        action = (draft | refund).with_user(user).action_autopay_collect()
        self.assertIn("To be collected: 1.", action["params"]["message"])
        self.assertIn("customer invoices only", action["params"]["message"])
        self.assertEqual(draft.autopay_status, "eligible")
        draft.action_autopay_remove()
        # A person's word stands: the same is not collected by itself again.
        action = draft.with_user(user).action_autopay_collect()
        self.assertIn("Requested before", action["params"]["message"])
        self.assertFalse(draft.autopay_status)
        reader = self._create_user("watching", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            draft.with_user(reader).action_autopay_collect()

    def test_rule_collects_whoever_sets_it_off_and_undoes_nothing(self):
        """Automation rules run their actions with all rights, as their user."""
        seller = self._create_user("selling", "base.group_user")
        rule = self.env.ref("autopay.account_move_action_autopay_collect_rule")
        draft = self._create_draft()
        refund = self._create_draft(move_type="out_refund")
        for move in (draft, refund, draft):
            context = {"active_model": move._name, "active_id": move.id}
            rule.with_user(seller).sudo().with_context(
                **context, active_ids=move.ids
            ).run()
        self.assertEqual(draft.autopay_status, "eligible")
        self.assertIn("An automation rule asked for it", draft.message_ids[0].body)
        self.assertIn("Not collected", refund.message_ids[0].body)

    def test_programs_give_days_in_any_form_and_slips_are_told(self):
        day = self.today + timedelta(days=40)
        moment = fields.Datetime.to_datetime(day)
        for given in (day, moment, f"{day}", f"{moment}"):
            draft = self._create_draft()
            self.assertEqual(self._collect(draft, day=given), {})
            self.assertEqual(draft.autopay_date, day)
        draft = self._create_draft()
        # An empty name would be the same for all who leave it out.
        for source in ("", "  ", None, False, 5, "x" * 201, "sale:\0"):
            with self.assertRaisesRegex(ValueError, "names what was done"):
                draft._autopay_collect(source)
        for given in ("tomorrow", 5, "2026-13-01"):
            with self.assertRaisesRegex(ValueError, "is a date"):
                self._collect(draft, day=given)
        self.assertEqual(draft.state, "draft")
        draft._autopay_collect(SOURCE, why="Said\0 so.")
        self.assertIn("Said so.", draft.message_ids[0].body)

    def test_names_of_sources_are_no_patterns(self):
        move = self._create_draft()
        sources = self.env["autopay.collect.source"]
        for source in ("rule:5%:x", "rule:5_:x", "rule:51:x", "rule:51", "rule:5%y:x"):
            self._collect(move, source=source)
        found = sources._find_below(["rule:5%", "rule:5_", "rule:51", "rule:7"])
        names = {name: rows.mapped("source") for name, rows in found.items()}
        self.assertEqual(
            names,
            {
                "rule:5%": ["rule:5%:x"],
                "rule:5_": ["rule:5_:x"],
                "rule:51": ["rule:51:x"],
                "rule:7": [],
            },
        )
        self.assertEqual(sources._find_below([]), {})
