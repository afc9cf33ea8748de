"""Ask a person whether what lost disputes took is still owed, as of refunds."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Show invoices as charged back that were left disputed when the bank had decided.

    An invoice that was charged again since, or that staff put on autopay again, has
    been decided about.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    notice = env["autopay.reversal.notice"]
    lost = env["autopay.reversal"].search(
        [("kind", "=", "dispute"), ("finding", "=", "lost"), ("is_decided", "=", False)]
    )
    for reversal in lost:
        undecided = reversal.move_ids.filtered(
            lambda move, attempt=reversal.attempt_id: (
                move.autopay_status == "error"
                and not move.autopay_retry_date
                and move.autopay_attempt_ids.sorted("id")[-1:] == attempt
            )
        )
        if undecided and undecided == reversal.move_ids:
            notice._show_lost(reversal)
