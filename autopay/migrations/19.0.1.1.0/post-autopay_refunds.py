"""A refund is no failed charge any more: staff say whether it is still owed."""

from odoo import SUPERUSER_ID, api

from odoo.addons.autopay.const.reversal import MONEY_GONE


def migrate(cr, version):
    """Show as refunded what was shown as failed because of a refund.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    failed = env["account.move"].search(
        [
            ("autopay_status", "=", "error"),
            ("autopay_retry_date", "=", False),
            ("autopay_in_dispute", "=", False),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("autopay_attempt_line_ids.attempt_id.reversal_ids.kind", "=", "refund"),
        ]
    )
    for move in failed:
        last = move.autopay_attempt_line_ids.attempt_id.sorted("id")[-1:]
        gone = last.reversal_ids.filtered(lambda rec: rec.finding in MONEY_GONE)
        if gone.sorted("id")[-1:].kind == "refund":
            move._show_autopay_returned("refund")
