"""Note which autopay dates came from the company's rule: these follow the due date."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

BATCH = 1000


def migrate(cr, version):
    """Compare the dates of what is still to be collected with what the rule gives.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    ahead = env["account.move"].search(
        [
            ("autopay_date", "!=", False),
            ("autopay_date_source", "=", False),
            ("autopay_status", "in", ("eligible", "error", "in_progress")),
        ]
    )
    for ids in split_every(BATCH, ahead.ids, list):
        ahead.browse(ids)._set_date_source()
        env.flush_all()
        env.invalidate_all()
