from odoo import fields, models
from odoo.tools import SQL

from ...rights import STAFF_GROUPS

# Fields of an invoice that change its amount or who owes it.
AMOUNT_FIELDS = {
    "autopay_token_id",
    "currency_id",
    "fiscal_position_id",
    "invoice_cash_rounding_id",
    "partner_id",
}


class AutopayMoveEditor(models.Model):
    """Remembers who had a hand in an invoice, where charges need a second person.

    Whoever made up the amount must not approve its charge, however the invoice came on
    autopay. It is noted only in companies with a limit.
    """

    _inherit = "account.move"

    autopay_editor_ids = fields.Many2many(
        "res.users",
        "account_move_autopay_editor_rel",
        "move_id",
        "user_id",
        string="Edited by",
        copy=False,
        readonly=True,
        groups=STAFF_GROUPS,
        help="Who edited the amount, posted the invoice, put it on autopay or asked "
        "for an approval: none of them may approve its charge.",
    )

    # === BUSINESS METHODS === #

    def _update_autopay_editors(self, vals):
        """Note who edits what an invoice comes to."""
        if AMOUNT_FIELDS & vals.keys():
            self._set_autopay_editor()

    def _set_autopay_editor(self, user=None):
        """Note that somebody had a hand in these invoices; jobs are nobody.

        :param user: who; by default who is at work
        """
        user = user or self.env.user
        limited = self._filter_autopay_on()
        if not limited:
            return
        limited = limited.sudo().filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.company_id.autopay_approval_limit
            )
        )
        ids = tuple(limited._origin.ids)
        if not ids or user._is_superuser():
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO account_move_autopay_editor_rel (move_id, user_id)"
                " SELECT id, %s FROM account_move WHERE id IN %s"
                " ON CONFLICT DO NOTHING",
                user.id,
                ids,
            )
        )
        limited.invalidate_recordset(["autopay_editor_ids"], flush=False)

    def _get_autopay_editors(self):
        """Return all who had a hand in these invoices, but for jobs.

        Before the company had a limit nobody was noted but who made invoice and lines.
        """
        moves = self.sudo()
        makers = moves.create_uid | moves.line_ids.create_uid
        editors = moves.autopay_editor_ids | moves.autopay_marked_by_id | makers
        return editors.filtered(lambda user: not user._is_superuser())
