from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayKnown(AutopayCommon):
    """It is remembered where autopay is known, so that Odoo's work costs no more."""

    def test_own_fields_of_invoices_are_read_apart_from_those_of_odoo(self):
        stored = {
            name: field
            for name, field in self.env["account.move"]._fields.items()
            if name.startswith("autopay_") and field.store and field.column_type
        }
        shared = {name for name, field in stored.items() if field.prefetch is True}
        # Each page of invoices asks for these, and for no others of ours.
        self.assertEqual(
            shared,
            {
                "autopay_in_dispute",
                "autopay_planned",
                "autopay_refunded",
                "autopay_status",
            },
        )

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
