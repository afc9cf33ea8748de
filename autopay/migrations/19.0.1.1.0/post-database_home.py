"""Note which database autopay was switched on in: copies lie elsewhere."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Complete what is known of home, where this is it.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    companies = env["res.company"].with_context(active_test=False)
    at_home = companies.search(
        [
            ("autopay_database_uuid", "=", companies._get_autopay_database_uuid()),
            ("autopay_database_facts", "=", False),
        ]
    )
    at_home._remember_autopay_database()
