from odoo.tests import tagged

from ...const.invoice import KNOWN_PREFETCH, OWN_PREFETCH
from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayKnown(AutopayCommon):
    """It is remembered where autopay is known, so that Odoo's work costs no more."""

    def _get_own_fields(self, model):
        """Return our columns of one of Odoo's models, {name: field}."""
        return {
            name: field
            for name, field in self.env[model]._fields.items()
            if name.startswith("autopay_") and field.store and field.column_type
        }

    def test_own_fields_are_read_apart_from_those_of_odoo(self):
        for model in (
            "account.move",
            "payment.provider",
            "res.company",
            "res.partner",
        ):
            with self.subTest(model):
                own = self._get_own_fields(model)
                self.assertTrue(own)
                groups = {field.prefetch for field in own.values()}
                self.assertLessEqual(groups, {OWN_PREFETCH, KNOWN_PREFETCH, False})

    def test_invoices_are_read_with_what_each_page_asks_for(self):
        own = self._get_own_fields("account.move")
        # Each page of invoices asks for these, and for no others of ours.
        self.assertEqual(
            {name for name, field in own.items() if field.prefetch == KNOWN_PREFETCH},
            {
                "autopay_in_dispute",
                "autopay_planned",
                "autopay_refunded",
                "autopay_status",
            },
        )

    def _find_read_along(self, read, asked):
        """Return our fields that are in memory once one of a company was asked for."""
        self.env.invalidate_all()
        self.assertTrue(read[asked])
        return {
            name
            for name in self._get_own_fields("res.company")
            if name in read._cache and name != asked
        }

    def test_a_company_is_read_with_our_fields_where_autopay_is_known(self):
        company = self.company.sudo()
        for asked in ("name", "autopay_policy"):
            read = self._find_read_along(company, asked)
            self.assertIn("autopay_enabled", read)
            self.assertIn("name", company._cache)

    def test_a_company_is_read_without_our_fields_where_it_is_not(self):
        every = self.env["res.company"].sudo().with_context(active_test=False)
        every.search([]).write({"autopay_enabled": False, "autopay_known": False})
        company = self.company.sudo()
        self.assertFalse(self._find_read_along(company, "name"))
        self.assertIn(
            "autopay_enabled", self._find_read_along(company, "autopay_policy")
        )
        self.assertNotIn("name", company._cache)

    def test_columns_that_may_be_missing_are_not_read_along(self):
        company = self.company.sudo()
        self.assertFalse(
            self._find_read_along(company.with_context(prefetch_fields=False), "name")
        )
        self.patch(self.registry, "ready", False)
        self.assertFalse(self._find_read_along(company, "name"))

    def test_all_servers_look_again_before_the_first_charge(self):
        company = self.env["res.company"].create({"name": "First charge"})
        company.autopay_enabled = True
        self.env.flush_all()
        self._forget_company(company)
        self.assertNotIn(company.id, company._get_autopay_known_ids())
        crons = self.env.registry["ir.cron"]
        self.patch(crons, "_commit_progress", lambda *_args, **_kwargs: 0)
        runs = self.env["autopay.run"].sudo().with_company(company)
        runs._start(company, "scheduled")
        self.assertIn(company.id, company._get_autopay_known_ids())
        # The next run asks for no cache to be cleared any more.
        self._forget_company(company)
        runs._start(company, "scheduled")
        self.assertNotIn(company.id, company._get_autopay_known_ids())

    def _forget_company(self, company):
        """Have this server remember that a company does not know autopay."""
        self.env.registry.clear_cache()
        sql = "UPDATE res_company SET autopay_known = %s WHERE id = %s"
        self.env.cr.execute(sql, [False, company.id])
        company._get_autopay_known_ids()
        self.env.cr.execute(sql, [True, company.id])
