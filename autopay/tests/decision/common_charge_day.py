from datetime import timedelta

from ...words.days import say_day
from ..common import AutopayCommon


class ChargeDayCommon(AutopayCommon):
    """Reads the day of a charge wherever it is told."""

    def _assert_day(self, invoice, day):
        """Check that form, preview, standing, forecast and portal say one day."""
        self.assertFalse(self._get_charges(invoice))
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.env["autopay.forecast.pass"].sudo().search([]).unlink()
        self._run_cron("autopay.ir_cron_refresh_forecast")
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_blocker, "date_not_reached")
        self.assertIn(
            f"Will be charged on {say_day(self.env, day)}", invoice.autopay_explanation
        )
        self.assertEqual(
            (invoice.autopay_standing, invoice.autopay_next_date), ("scheduled", day)
        )
        foreseen = self.env["autopay.forecast.charge"].search(
            [("move_id", "=", invoice.id)]
        )
        preview = self.env["autopay.dry.run"].create(
            {
                "company_ids": self.company.ids,
                "partner_ids": self.customer.ids,
                "date_from": self.today,
                "date_to": self.today + timedelta(days=60),
            }
        )
        preview.action_run()
        near = [day] if day < self.today + timedelta(days=60) else []
        self.assertEqual(foreseen.mapped("date"), near)
        self.assertEqual(preview.charge_ids.mapped("date"), near)
        words = invoice.sudo().autopay_portal_words
        self.assertIn(say_day(self.env, day), words)
