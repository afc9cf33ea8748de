from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import HttpCase, new_test_user, tagged

from ...models.overview.card import CARDS
from ..common_guard import GuardCommon

# Methods at the simulator, and the card on which their invoices stand.
METHODS = {
    "pm_card_visa": "collected",
    "pm_card_chargeDeclinedLostCard": "failed",
    "pm_card_authenticationRequired": "customer",
    "pm_usBankAccount_success": "bank",
}


@tagged("post_install", "-at_install")
class TestAutopayOverview(GuardCommon, HttpCase):
    """The page that the app opens on: each number opens as many records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls._create_user(
            "overview_reader", "base.group_user,account.group_account_readonly"
        )

    def setUp(self):
        super().setUp()
        for method in METHODS:
            customer = self._create_customer(method)
            self._enrol(method, customer=customer)
            self._create_due_invoice(customer=customer)
        self._run_autopay()
        # Of two currencies, due and ahead, and one that nobody can charge.
        self._enrol()
        self.due = self._create_due_invoice(40.0)
        euro = self.env.ref("base.EUR")
        euro.active = True
        ahead = self._create_due_invoice(50.0, currency_id=euro.id)
        ahead.autopay_date = fields.Date.add(self.today, days=5)
        self.blocked = self._create_due_invoice(
            60.0, customer=self._create_customer("Without a method")
        )
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")

    def _run_cron(self, xml_id):
        """Override: a test over HTTP is in registry test mode from the start."""
        self.env.flush_all()
        self.env.ref(xml_id).method_direct_trigger()
        self.env.invalidate_all()

    def _get_cards(self, user):
        service = self.env["autopay.overview"].with_user(user)
        service = service.with_context(allowed_company_ids=self.company.ids)
        page = service.action_get_overview()
        shown = [card for section in page["sections"] for card in section["cards"]]
        self.assertTrue(page["health"])
        self.assertIn("as of", page["as_of"])
        return {card["key"]: card for card in shown + service.action_get_slow_cards()}

    def test_each_number_opens_as_many_records(self):
        cards = self._get_cards(self.reader)
        self.assertEqual(list(cards.keys() ^ {card.key for card in CARDS}), [])
        models = {card.key: card.model for card in CARDS}
        for key, card in cards.items():
            with self.subTest(key):
                records = self.env[models[key]].with_user(self.reader)
                self.assertEqual(records.search_count(card["domain"]), card["count"])
                self.assertEqual(self.env.ref(card["action"]).res_model, models[key])
                rows = [
                    (records.search_count(row["domain"]), row["count"])
                    for row in card["rows"]
                ]
                self.assertTrue(all(found == count for found, count in rows), rows)
                self._assert_in_sight(card, records)
                if key != "rate":
                    self.assertEqual(sum(count for _f, count in rows), card["count"])
        counts = {key: card["count"] for key, card in cards.items()}
        expected = {"failed": 1, "customer": 1, "blocked": 1, "bank": 1, "today": 1}
        self.assertEqual({key: counts[key] for key in expected}, expected)
        self.assertEqual((counts["week"], counts["collected"]), (2, 1))
        self.assertEqual(cards["rate"]["number"], "50 %")
        [row] = cards["blocked"]["rows"]
        self.assertEqual(row["label"], "No payment method")
        self.assertEqual(row["amounts"], ["$\xa060.00"])
        amounts = sorted(row["amounts"][0] for row in cards["week"]["rows"])
        self.assertEqual(len(amounts), 2)
        self.assertIn("$\xa040.00", amounts)

    def _assert_in_sight(self, card, records):
        """Assert that what the search bar shows selects the very records of a card."""
        action = self.env.ref(card["action"])
        view_id = action.search_view_id.id or None
        view = self.env[action.res_model].with_user(self.reader)
        arch = etree.fromstring(view.get_view(view_id, "search")["arch"])
        parts = [
            Domain(literal_eval(node.get("domain")))
            for name in card["filters"]
            for node in arch.xpath(f"//filter[@name='{name}']")
        ]
        # Those of one group are alternatives; more than one there is of no other.
        self.assertEqual(len(parts), len(card["filters"]), "each is in the view")
        shown = Domain.OR(parts) & Domain(card["base"])
        for each in (card, *card["rows"]):
            found = records.search(shown & Domain(each["facet"]))
            self.assertEqual(found, records.search(each["domain"]), each["facet"])
        narrow = Domain(card["base"])
        self.assertLess(len(list(narrow)), len(list(Domain(card["domain"]))))

    def test_coming_says_why_the_forecast_has_more(self):
        service = self.env["autopay.overview"].with_user(self.reader)
        sections = service.action_get_overview()["sections"]
        notes = {section["key"]: section["note"] for section in sections}
        self.assertIn("invoices of series that are not posted", notes["coming"])
        self.assertEqual((notes["needs"], notes["done"]), ("", ""))

    def test_several_companies_stand_beside_each_other(self):
        other = self._create_company(name="Second Orchard")
        other.write({"autopay_enabled": True, "autopay_policy": "manual"})
        # Far to the west: its days and months begin later.
        other.partner_id.tz = "Pacific/Honolulu"
        self.reader.company_ids |= other
        service = self.env["autopay.overview"].with_user(self.reader)
        both = service.with_context(allowed_company_ids=[self.company.id, other.id])
        page = both.action_get_overview()
        cards = {
            card["key"]: card for part in page["sections"] for card in part["cards"]
        }
        for key in ("failed", "blocked", "week", "collected", "rate", "recovered"):
            with self.subTest(key):
                card = cards[key]
                records = self.env[self._get_model(key)].with_user(self.reader)
                records = records.with_context(**both.env.context)
                self.assertEqual(records.search_count(card["domain"]), card["count"])
        labels = [row["label"] for row in cards["blocked"]["rows"]]
        self.assertEqual(labels, [f"{self.company.name}: No payment method"])
        texts = " ".join(line["text"] for line in page["health"])
        self.assertIn(self.company.name, texts)
        self.assertIn(other.name, texts)
        alone = service.with_context(allowed_company_ids=other.ids)
        page = alone.action_get_overview()
        counts = [card["count"] for part in page["sections"] for card in part["cards"]]
        self.assertEqual(set(counts), {0})

    def _get_model(self, key):
        return next(card.model for card in CARDS if card.key == key)

    def test_month_begins_with_the_days_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Kiritimati"
        overview = self.env["autopay.overview"]
        domain = overview._get_this_month(self.company)
        today = self.company._get_autopay_today()
        [(_name, _operator, value)] = list(domain)
        first = fields.Datetime.to_datetime(value)
        self.assertEqual(self.company._get_autopay_day(first), today.replace(day=1))
        before = first - timedelta(seconds=1)
        self.assertLess(self.company._get_autopay_day(before), today.replace(day=1))
        self.assertEqual((first.hour, first.day > 1), (10, True))

    def test_recovered_is_what_the_report_calls_so(self):
        lucky = self._create_customer("Lucky")
        self._enrol("pm_card_chargeDeclinedInsufficientFunds", customer=lucky)
        invoice = self._create_due_invoice(customer=lucky)
        self._run_autopay()
        self._enrol(customer=lucky)
        invoice.action_autopay_make_eligible()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        first, second = invoice.autopay_attempt_ids.sorted("id")
        self.assertEqual((first.is_recovered, second.is_recovered), (False, True))
        cards = self._get_cards(self.reader)
        self.assertEqual(cards["recovered"]["count"], 1)
        report = self.env["autopay.charge.report"]
        rows = report.search([("recovered_amount", ">", 0)])
        attempts = self.env["autopay.attempt"]
        found = attempts.search([("is_recovered", "=", True)])
        self.assertEqual(rows.attempt_id, found)
        others = attempts.search([("is_recovered", "=", False)])
        self.assertIn(first, others)
        self.assertNotIn(second, others)
        # A failure, or a charge, after a success is about another debt.
        self._force(first, state="succeeded")
        self._force(second, state="succeeded")
        self.assertFalse(second.is_recovered)

    def test_employees_without_business_here_see_nothing(self):
        employee = self._create_user("overview_employee", "base.group_user")
        service = self.env["autopay.overview"].with_user(employee)
        for ask in (service.action_get_overview, service.action_get_slow_cards):
            with self.assertRaises(AccessError):
                ask()
        menus = self.env["ir.ui.menu"].with_user(employee)._visible_menu_ids()
        self.assertNotIn(self.env.ref("autopay.autopay_menu").id, menus)

    def test_from_each_number_to_its_list_to_the_invoice(self):
        billing = new_test_user(
            self.env,
            "overview_tour",
            "account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        page = "/odoo/autopay-overview"
        self.start_tour(page, "autopay_overview_tour", login=billing.login)
        self.assertEqual(self.blocked.autopay_status, "eligible")
