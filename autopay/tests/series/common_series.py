from odoo import Command, fields
from odoo.tests import Form

from ..common import AutopayCommon


class SeriesCommon(AutopayCommon):
    """Factories for invoices that Odoo repeats, on days that are always past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("series_billing", "account.group_account_invoice")

    def _create_first(self, day="2025-01-31", **values):
        """Create the draft from which a monthly series of 100.00 begins."""
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "auto_post": "monthly",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Hosting", "price_unit": 100.0, "tax_ids": []}
                    )
                ],
                **values,
            }
        )

    def _get_all(self, first):
        """Return all invoices of a series, by date."""
        return self.env["account.move"].search(
            ["|", ("id", "=", first.id), ("auto_post_origin_id", "=", first.id)],
            order="date, id",
        )

    def _get_next(self, first):
        """Return the drafts of a series that Odoo is to post."""
        return self._get_all(first).filtered(lambda move: move.state == "draft")

    def _post_as_odoo(self):
        """Run Odoo's own job that posts recurring invoices."""
        self._run_cron("account.ir_cron_auto_post_draft_entry")

    def _get_dates(self, moves):
        return [fields.Date.to_string(move.date) for move in moves]

    def _get_series(self, first, user=None):
        self.env["autopay.series"].invalidate_model()
        found = self.env["autopay.series"].with_user(user or self.env.user)
        return found.search([("origin_id", "=", first.id)])

    def _form(self, move, user=None):
        return Form(move.with_user(user or self.user))
