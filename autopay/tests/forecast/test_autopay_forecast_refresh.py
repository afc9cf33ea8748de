from datetime import datetime, time, timedelta, timezone
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.decision.autopay_decision import AutopayDecision
from ..configuration.common_configuration import ConfigurationCommon

# Days that are foreseen, and then lived through.
DAYS = 12


@tagged("post_install", "-at_install")
class TestAutopayForecastRefresh(ConfigurationCommon):
    """The forecast sums what the runs of the days then charge, and says how sure."""

    def setUp(self):
        super().setUp()
        self.user = self._create_user("foreseeing", "account.group_account_readonly")

    # === ACTS === #

    def _refresh(self):
        self.env["autopay.forecast.pass"].sudo().search([]).unlink()
        self._run_cron("autopay.ir_cron_refresh_forecast")
        self.env.invalidate_all()

    def _get_charges(self, moves=None):
        found = self.env["autopay.forecast.charge"].search(
            [("company_id", "=", self.company.id)]
        )
        return found if moves is None else found.filtered(lambda c: c.move_id in moves)

    def _get_sums(self, user=None):
        """Return {(day, provider id): amount} as the page shows it."""
        days = self.env["autopay.forecast.day"].with_user(user or self.user)
        groups = days._read_group(
            [("company_id", "=", self.company.id)],
            ["date:day", "provider_id"],
            ["amount:sum"],
        )
        return {(day, provider.id): amount for day, provider, amount in groups}

    def _on(self, days, amount=100.0, **values):
        """Create an invoice on autopay that is charged in so many days."""
        invoice = self._create_due_invoice(amount, **values)
        invoice.autopay_date = self.today + timedelta(days=days)
        return invoice

    def _live_through(self, days):
        """Run the engine on each of the days; return {(day, provider id): amount}."""
        before = self.env["autopay.attempt"].search([])
        done = {}
        for number in range(days + 1):
            day = self.today + timedelta(days=number)
            noon = datetime.combine(day, time(12), timezone.utc)
            with freeze_time(noon, tick=True):
                self._run_autopay()
            attempts = self.env["autopay.attempt"].search([]) - before
            for attempt in attempts.filtered(lambda each: each.state == "succeeded"):
                key = (day, attempt.provider_id.id)
                done[key] = done.get(key, 0.0) + attempt.currency_id._convert(
                    attempt.amount, self.company.currency_id, self.company, self.today
                )
            before |= attempts
        return done

    # === WHAT IS FORESEEN IS CHARGED === #

    def test_sum_of_each_day_is_what_the_run_of_that_day_charges(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": self.today - timedelta(days=30),
                "rate": 0.5,
            }
        )
        retried = self._create_customer("Declined Dahlias")
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds", retried)
        failed = self._create_due_invoice(55.0, retried)
        self._run_autopay()
        self._enrol(customer=retried)
        capped = self._create_customer("Capped Carnations")
        token = self._create_token(customer=capped)
        self._configure(
            token,
            [{"number": 40.0}],
            partner_id=capped.id,
            max_amount=150.0,
            cap_rule="part",
        )
        self._enrol()
        moves = [
            self._on(0, 31.0),
            self._on(3, 44.0),
            self._on(3, 50.0, currency_id=euro.id),
            self._on(5, 12.0, autopay_hold_date=self.today + timedelta(days=8)),
            self._on(2, 200.0, customer=capped),
            self._on(4, 33.0, autopay_in_dispute=True),
            self._on(120, 34.0),
        ]
        self._refresh()
        said = {
            key: amount
            for key, amount in self._get_sums().items()
            if key[0] <= self.today + timedelta(days=DAYS)
        }
        certainties = self._get_charges()
        self.assertEqual(self._get_charges(failed).certainty, "retry")
        self.assertEqual(
            self._get_charges(moves[4]).mapped("certainty"), ["limit", "limit"]
        )
        self.assertEqual(self._get_charges(moves[2]).company_amount, 100.0)
        self.assertFalse(certainties.filtered(lambda c: c.move_id in moves[5:]))
        done = self._live_through(DAYS)
        self.assertEqual(said, done)
        # The day of the retry may be one of the four others.
        self.assertGreaterEqual(len(done), 4)

    def test_draft_and_later_invoices_of_a_series_come_by_the_rule(self):
        self._enrol()
        day = self.today - timedelta(days=2)
        first = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": day,
                "invoice_date_due": day + timedelta(days=5),
                "auto_post": "monthly",
                "invoice_line_ids": [
                    Command.create({"name": "Fee", "price_unit": 70.0, "tax_ids": []})
                ],
            }
        )
        first.autopay_repeat_count = 3
        first.action_autopay_make_eligible()
        first.action_post()
        self._refresh()
        draft = self.env["account.move"].search(
            [("auto_post_origin_id", "=", first.id), ("state", "=", "draft")]
        )
        series = self._get_charges(first | draft).sorted("date")
        self.assertEqual(series.mapped("certainty"), ["planned", "draft", "series"])
        due = [fields.Date.add(day, months=number) for number in range(3)]
        due = [each + timedelta(days=5) for each in due]
        self.assertEqual(series.mapped("date")[1:], due[1:])
        self.assertEqual(series.mapped("amount"), [70.0] * 3)
        # A customer who cannot be charged brings nothing.
        self.customer.with_company(self.company).autopay_token_id = False
        self._refresh()
        self.assertFalse(self._get_charges(first | draft))

    def test_what_waits_for_approval_comes_when_it_would_be_approved(self):
        self._enrol()
        self.company.autopay_approval_limit = 500.0
        large = self._on(4, 900.0)
        self._refresh()
        charge = self._get_charges(large)
        self.assertEqual((charge.certainty, charge.amount), ("approval", 900.0))
        self.assertEqual(charge.date, large.autopay_date)

    def test_limit_of_a_month_has_a_say_only_where_it_is_reached(self):
        token = self._enrol()
        self._configure(token, max_month_amount=250.0, cap_rule="skip")
        month = fields.Date.start_of(self.today, "month")
        later, last = (
            (fields.Date.add(month, months=number, days=9) - self.today).days
            for number in (1, 2)
        )
        fitting = self._on(later, 100.0) | self._on(later, 150.0)
        self._refresh()
        charges = self._get_charges(fitting)
        self.assertEqual(charges.mapped("certainty"), ["planned", "planned"])
        # One too much: all of that month hang on the order in which they are taken.
        beyond = self._on(later + 1, 80.0)
        after = self._on(last, 20.0)
        self._refresh()
        charges = self._get_charges(fitting | beyond)
        self.assertEqual(set(charges.mapped("certainty")), {"limit"})
        self.assertEqual(len(charges), 3)
        self.assertEqual(self._get_charges(after).certainty, "planned")

    def test_limit_that_divides_a_charge_of_the_next_month_says_nothing_of_this(self):
        self._configure(self._enrol(), max_month_amount=150.0, cap_rule="part")
        month = fields.Date.start_of(self.today, "month")
        day = fields.Date.add(month, months=1, days=9)
        divided = self._on((day - self.today).days, 200.0)
        now = self._on(0, 40.0)
        self._refresh()
        charges = self._get_charges(divided)
        self.assertEqual(set(charges.mapped("certainty")), {"limit"})
        self.assertEqual(self._get_charges(now).certainty, "planned")

    # === REFRESH === #

    def test_page_is_refreshed_by_a_button_and_once_a_day(self):
        self._enrol()
        first = self._on(1)
        self._refresh()
        second = self._on(2)
        self._run_cron("autopay.ir_cron_refresh_forecast")
        self.assertFalse(self._get_charges(second))
        days = self.env["autopay.forecast.day"].with_user(self.user)
        self.assertEqual(days.action_refresh()["tag"], "soft_reload")
        self.assertEqual(len(self._get_charges(first | second)), 2)
        self.assertIn("As of", days.action_get_stamp())
        with freeze_time(fields.Datetime.now() + timedelta(days=1), tick=True):
            first.autopay_status = False
            self._run_cron("autopay.ir_cron_refresh_forecast")
        self.assertEqual(self._get_charges().move_id & (first | second), second)

    def test_who_refreshes_beside_the_job_is_told_so(self):
        self._enrol()
        self._on(1)
        self._refresh()
        days = self.env["autopay.forecast.day"].with_user(self.user)
        row = self.env["autopay.forecast.pass"].sudo()._get_of(self.company)
        with patch.object(type(row), "try_lock_for_update", lambda own: own.browse()):
            told = days.action_refresh()
        self.assertEqual(told["tag"], "display_notification")
        self.assertIn("being computed at this moment", told["params"]["message"])
        self.assertTrue(row.day, "what the job does is left alone")

    def test_many_are_foreseen_in_the_background_customer_by_customer(self):
        self._enrol()
        other = self._create_customer("Blue River Farm")
        self._enrol(customer=other)
        moves = self._on(1) | self._on(2) | self._on(3, customer=other)
        days = self.env["autopay.forecast.day"].with_user(self.user)
        room = "odoo.addons.autopay.models.forecast.autopay_forecast_refresh"
        with patch(f"{room}.FEW", 1), patch(f"{room}.BUNDLE_SIZE", 1):
            self.assertEqual(days.action_refresh()["tag"], "display_notification")
            self.assertFalse(self._get_charges(moves))
            self._refresh()
            self.assertEqual(len(self._get_charges(moves)), 3)
            self._refresh()
        self.assertEqual(len(self._get_charges(moves)), 3)

    def test_customer_of_whom_nothing_can_be_decided_stops_no_other(self):
        self._enrol()
        other = self._create_customer("Spoilt Spinach")
        self._enrol(customer=other)
        good, spoilt = self._on(1), self._on(1, customer=other)
        answer = AutopayDecision._answer

        def fail(model, moves, question):
            if spoilt in moves:
                raise ValueError("spoilt")
            return answer(model, moves, question)

        logger = "odoo.addons.autopay.models.forecast.autopay_forecast_refresh"
        with patch.object(AutopayDecision, "_answer", fail), mute_logger(logger):
            self._refresh()
        self.assertEqual(self._get_charges(good | spoilt).move_id, good)

    # === RIGHTS AND OFF === #

    def test_figures_are_for_accountants_of_the_company(self):
        self._enrol()
        move = self._on(1)
        self._refresh()
        row = self._get_charges(move)
        day = self.env["autopay.forecast.day"].with_user(self.user).search([])[:1]
        action = day.action_view_charges()
        self.assertIn(row, self.env[action["res_model"]].search(action["domain"]))
        other = self._create_company(name="Elsewhere")
        stranger = self._create_user(
            "unforeseeing", "account.group_account_invoice", company=other
        )
        self.assertFalse(self._get_sums(stranger))
        with self.assertRaises(AccessError):
            row.with_user(stranger).read(["amount"])
        employee = self._create_user("employee_fc", "base.group_user")
        for name in ("action_refresh", "action_get_stamp"):
            with self.assertRaises(AccessError):
                getattr(self.env["autopay.forecast.day"].with_user(employee), name)()

    def test_company_where_autopay_is_off_has_nothing_to_come(self):
        self._enrol()
        move = self._on(1)
        self._refresh()
        self.assertTrue(self._get_charges(move))
        self.company.autopay_enabled = False
        self._refresh()
        self.assertFalse(self._get_charges(move))
