"""Note where Autopay is on, or was on once."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Mark companies in which attempts can be open, and all that are above them.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    companies = env["res.company"].with_context(active_test=False).search([])
    rows = env["autopay.attempt"]._read_group([], ["company_id"])
    charged = {company for (company,) in rows}
    known = companies.filtered(
        lambda company: (
            company.autopay_enabled
            or company.autopay_database_uuid
            or company in charged
        )
    )
    known.parent_ids.autopay_known = True
