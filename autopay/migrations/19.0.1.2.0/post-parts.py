"""Give invoices that are payable in parts the day of the part at hand."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

BATCH = 1000


def migrate(cr, version):
    """Compute the dates by the rule anew: they were those of the last part.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    ahead = env["account.move"].search(
        [
            ("autopay_date_source", "=", "rule"),
            ("autopay_status", "in", ("eligible", "error")),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_payment_term_id", "!=", False),
        ]
    )
    for ids in split_every(BATCH, ahead.ids, list):
        moves = ahead.browse(ids)
        divided = moves.browse(
            move.id for move in env["autopay.due"]._count_collected(moves)
        )
        divided._give_rule_dates()
        env.flush_all()
        env.invalidate_all()
