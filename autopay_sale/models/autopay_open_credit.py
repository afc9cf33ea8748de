from odoo import api, models
from odoo.tools import SQL

ORDER_QUERY = """
    SELECT item.move_id, paid.transaction_id
      FROM account_move_line item
      JOIN sale_order_line_invoice_rel sold ON sold.invoice_line_id = item.id
      JOIN sale_order_line line ON line.id = sold.order_line_id
      JOIN sale_order_transaction_rel paid ON paid.sale_order_id = line.order_id
     WHERE item.move_id IN %s
"""


class AutopayOpenCredit(models.AbstractModel):
    _inherit = "autopay.open.credit"

    @api.model
    def _get_linked_moves(self, moves):
        """Override of `autopay` to add invoices whose orders were paid online."""
        linked = super()._get_linked_moves(moves)
        move_ids = tuple(moves._origin.ids)
        if not move_ids:
            return linked
        rows = self.env.execute_query(SQL(ORDER_QUERY, move_ids))
        ordered = {move_id for move_id, _transaction_id in rows}
        return linked | moves.filtered(lambda move: move._origin.id in ordered)

    @api.model
    def _get_link_query(self, move_ids):
        """Override of `autopay` to add the payments of sales orders."""
        orders = SQL(ORDER_QUERY, move_ids)
        return SQL("%s UNION %s", super()._get_link_query(move_ids), orders)
