from datetime import timedelta

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from ..common_books import BooksCommon


@tagged("post_install", "-at_install")
class ConditionCommon(BooksCommon):
    """Invoices and single conditions; what a condition finds is asked in both ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.today = cls.company._get_autopay_today()
        cls.customer = cls.env["res.partner"].create({"name": "Green Valley Dairy"})

    @classmethod
    def _create_invoice(cls, *lines, **values):
        """Create a draft; by default with one line of 100.

        :param lines: values of its lines
        """
        rows = lines or ({"price_unit": 100.0},)
        return cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": cls.today,
                "invoice_line_ids": [
                    Command.create({"name": "Service", "tax_ids": [], **row})
                    for row in rows
                ],
                **values,
            }
        )

    def _new_condition(self, kind, operator, company=None, **values):
        """Return a condition that is not saved, of a configuration that is not."""
        company = company or self.company
        configuration = self.env["autopay.configuration"].new(
            {"company_id": company.id, "is_advanced": True}
        )
        return self.env["autopay.configuration.condition"].new(
            {
                "configuration_id": configuration,
                "kind": kind,
                "operator": operator,
                "currency_id": company.currency_id.id,
                **values,
            }
        )

    def _find(self, invoices, kind, operator, **values):
        """Return which invoices a condition matches, by SQL and in memory alike."""
        condition = self._new_condition(kind, operator, **values)
        self.assertFalse(condition._get_problem())
        domain = condition._get_domain(self.today)
        found = invoices.filtered_domain(domain)
        searched = invoices.search(domain & Domain("id", "in", invoices.ids))
        self.assertEqual(set(searched), set(found), "SQL and memory do not agree")
        return found

    def _check_rows(self, invoices, rows):
        """Check what conditions find, one row each.

        :param dict invoices: {name: invoice}
        :param rows: (kind, operator, values, names of the invoices that match)
        """
        pool = self.env["account.move"].union(*invoices.values())
        for kind, operator, values, names in rows:
            with self.subTest(kind=kind, operator=operator, **values):
                found = self._find(pool, kind, operator, **values)
                matching = {name for name in invoices if invoices[name] in found}
                self.assertEqual(matching, set(names))

    def _day(self, days):
        """Return the day so many days from now."""
        return self.today + timedelta(days=days)
