from dataclasses import replace

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

    def _make(self, move, is_own, line, document):
        """Override of `autopay`: nobody has said yet what becomes of money for an order
        that was cancelled. It pays no other invoice without a person's word.
        """
        credit = super()._make(move, is_own, line, document)
        orders = line.payment_id.payment_transaction_id.sale_order_ids
        if not orders or any(order.state != "cancel" for order in orders):
            return credit
        return replace(credit, is_plain=False)

    @api.model
    def _get_link_query(self, move_ids):
        """Override of `autopay` to add the payments of sales orders."""
        orders = SQL(ORDER_QUERY, move_ids)
        return SQL("%s UNION %s", super()._get_link_query(move_ids), orders)
