"""Note where Autopay is or was on, and narrow what accountants with read access see."""

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
    # Made once and not updated since: noupdate.
    rule = env.ref("autopay.payment_token_rule_readonly", raise_if_not_found=False)
    if rule and rule.domain_force == "[(1, '=', 1)]":
        rule.domain_force = "[('company_id.autopay_enabled', '=', True)]"
