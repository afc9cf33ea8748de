from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.payment.const import CURRENCY_MINOR_UNITS
from odoo.addons.payment_stripe.const import CURRENCY_DECIMALS

from ...gateways.money import (
    PROVIDER_UNITS,
    STRIPE_MINIMUM,
    AmountNotRepresentable,
    from_minor,
    minimum_minor,
    to_minor,
)
from ..fault import fault


@tagged("post_install", "-at_install")
class TestMoney(BaseCase):
    def test_amounts_are_converted_exactly(self):
        cases = [
            (100.0, "USD", 2, 10000),
            (1234.56, "usd", 2, 123456),
            ("0.01", "EUR", 2, 1),
            (Decimal("19.99"), "GBP", 2, 1999),
            (500.0, "JPY", 0, 500),
            (10.0, "MGA", 2, 10),
            (10.55, "KWD", 3, 10550),
            (5.0, "ISK", 0, 500),
            (5.0, "UGX", 0, 500),
            (10.45, "HUF", 2, 1045),
            (800.45, "TWD", 2, 80045),
            (-1.5, "USD", 2, -150),
        ]
        for amount, code, places, minor in cases:
            with self.subTest(amount=amount, code=code):
                self.assertEqual(to_minor(amount, code, places), minor)

    def test_the_noise_of_floats_is_not_money(self):
        self.assertEqual(to_minor(0.1 + 0.2, "USD", 2), 30)
        self.assertEqual(to_minor(1.1 * 3, "USD", 2), 330)
        self.assertEqual(to_minor(2.675 * 100, "USD", 2), 26750)
        self.assertEqual(to_minor(sum([0.1] * 1000), "USD", 2), 10000)

    def test_every_cent_up_to_a_thousand_comes_back(self):
        for minor in range(100_000):
            self.assertEqual(to_minor(minor / 100, "USD", 2), minor)

    @fault(13)
    def test_an_amount_the_provider_cannot_be_asked_for_is_refused(self):
        cases = [
            (10.555, "KWD", 3, "smallest step is 0.010 KWD"),
            (1.1, "MGA", 2, "smallest step is 1 MGA"),
            (500.5, "JPY", 2, "smallest step is 1 JPY"),
            (5.5, "ISK", 2, "smallest step is 1.00 ISK"),
            (1.005, "EUR", 3, "smallest step is 0.01 EUR"),
            (1.005, "EUR", 2, "more than 2 decimals"),
            ("1.001", "USD", 2, "more than 2 decimals"),
            (Decimal("0.30000000000000004"), "USD", 2, "more than 2 decimals"),
            (float("nan"), "USD", 2, "not an amount"),
            (float("inf"), "USD", 2, "not an amount"),
            ("ten", "USD", 2, "not an amount"),
        ]
        for amount, code, places, reason in cases:
            with (
                self.subTest(amount=amount, code=code),
                self.assertRaisesRegex(AmountNotRepresentable, reason),
            ):
                to_minor(amount, code, places)

    def test_converting_back_gives_the_amount(self):
        cases = [("USD", 2, "12.34"), ("JPY", 0, "500"), ("KWD", 3, "10.550")]
        for code, places, amount in cases:
            with self.subTest(code):
                minor = to_minor(amount, code, places)
                self.assertEqual(from_minor(minor, code, places), Decimal(amount))

    def test_odoo_reads_stripes_amounts_the_same_way(self):
        units = PROVIDER_UNITS["stripe"]
        # Currencies that Stripe does not offer are left out.
        not_offered = {"CLF", "IQD", "LYD", "UYW"}
        two_decimals = [
            code for code, places in CURRENCY_MINOR_UNITS.items() if places >= 2
        ]
        for code in {*units.decimals, *units.steps, *two_decimals} - not_offered:
            with self.subTest(code):
                odoo = CURRENCY_DECIMALS.get(code, CURRENCY_MINOR_UNITS[code])
                ours = units.decimals.get(code, units.default)
                self.assertEqual(ours, odoo)

    def test_other_providers_count_as_odoo_does(self):
        self.assertEqual(to_minor(10.555, "KWD", 3, "demo"), 10555)
        self.assertEqual(to_minor(1.1, "MGA", 2, "demo"), 110)
        self.assertEqual(from_minor(110, "MGA", 2, "demo"), Decimal("1.1"))

    def test_the_smallest_charge_is_stripes(self):
        self.assertEqual(minimum_minor("usd"), 50)
        self.assertEqual(minimum_minor("HUF"), 17500)
        self.assertEqual(minimum_minor("XXX"), 1)
        self.assertEqual(minimum_minor("USD", "demo"), 1)

    def test_every_minimum_is_an_amount_that_can_be_charged(self):
        for code, minor in STRIPE_MINIMUM.items():
            with self.subTest(code):
                amount = from_minor(minor, code, 2)
                self.assertEqual(to_minor(amount, code, 2), minor)
