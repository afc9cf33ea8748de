from odoo import Command
from odoo.tests import tagged

from ..configuration.common_configuration import ConfigurationCommon


@tagged("post_install", "-at_install")
class TestAutopayStatusLimit(ConfigurationCommon):
    """A limit that is changed has the invoices be looked at that it concerns."""

    def _look(self):
        """Run the job that looks at invoices, once all is committed."""
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")

    def test_standing_follows_each_limit_that_is_changed(self):
        """Limits that stop an amount, or let it pass again, are followed soon."""
        self._enrol()
        invoice = self._create_due_invoice(100.0)
        rule = self._configure(max_amount=1000.0, cap_rule="skip")
        condition = rule.condition_ids
        method = rule.token_id.payment_method_id
        euro = self.env.ref("base.EUR")
        euro.active = True
        for record, name, values, reason in (
            (self.provider, "maximum_amount", (50.0, 500.0), "amount_not_accepted"),
            (self.provider, "maximum_amount", (50.0, 0.0), "amount_not_accepted"),
            (rule, "max_amount", (50.0, 500.0), "above_cap"),
            (rule, "max_month_amount", (50.0, 0.0), "month_cap_reached"),
            (condition, "number", (150.0, 1.0), "no_configuration"),
            (self.company, "autopay_approval_limit", (50.0, 500.0), "needs_approval"),
            (
                self.provider,
                "available_currency_ids",
                ([Command.set(euro.ids)], [Command.clear()]),
                "currency_not_accepted",
            ),
            (
                method,
                "supported_currency_ids",
                ([Command.set(euro.ids)], [Command.clear()]),
                "currency_not_accepted",
            ),
        ):
            with self.subTest(name, values=values):
                for value, expected in zip(values, (reason, False), strict=True):
                    record.sudo().write({name: value})
                    self._look()
                    self.env.invalidate_all()
                    self.assertEqual(invoice.autopay_reason, expected)
                    self.assertEqual(invoice.autopay_blocker, expected)

    def test_standing_follows_the_currency_and_its_rate(self):
        self._enrol()
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", 1.0)])
        invoice = self._create_due_invoice(100.0, currency_id=currency.id)
        self.provider.maximum_amount = 100.0
        self._look()
        self.env.invalidate_all()
        self.assertFalse(invoice.autopay_reason)
        rate = self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": self.today, "rate": 0.5}
        )
        for act, expected in (
            (lambda: None, "amount_not_accepted"),
            (lambda: rate.write({"rate": 1.0}), False),
            (lambda: rate.write({"rate": 0.5}), "amount_not_accepted"),
            (rate.unlink, False),
            (lambda: currency.write({"active": False}), "currency_inactive"),
            (lambda: currency.write({"active": True}), False),
        ):
            act()
            self._look()
            self.env.invalidate_all()
            self.assertEqual(invoice.autopay_reason, expected)
