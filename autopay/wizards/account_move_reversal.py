from odoo import models

# How often a credit note is brought nearer to an amount that rounding has missed.
ROUNDS = 3


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """Override of `account` to remember which invoice replaces a charged one.

        A credit note that was asked for because of a refund is one of what was
        refunded; Odoo proposes the whole invoice.
        """
        replaced_ids = []
        noting = self.with_context(autopay_replaced_ids=replaced_ids)
        action = super(AccountMoveReversal, noting).reverse_moves(is_modify)
        self._set_autopay_replaced(replaced_ids)
        if not is_modify and len(self.new_move_ids) == 1:
            amount = self.env.context.get("autopay_credit_amount")
            if isinstance(amount, int | float):
                _bring_to(self.new_move_ids, amount)
        return action

    def _set_autopay_replaced(self, replaced_ids):
        """Note on invoices that were made anew which ones they replace.

        :param list replaced_ids: in the order in which they were made anew, which
            neither side of the wizard keeps
        """
        pairs = zip(replaced_ids, self.new_move_ids.sorted("id"), strict=False)
        for replaced_id, move in pairs:
            replaced = self.move_ids.browse(replaced_id).sudo()
            if replaced._is_autopay_replaceable():
                move.sudo().autopay_replaced_id = replaced

    def _modify_default_reverse_values(self, origin_move):
        """Override of `account` to note the order in which invoices are made anew."""
        replaced_ids = self.env.context.get("autopay_replaced_ids")
        if isinstance(replaced_ids, list):
            replaced_ids.append(origin_move.id)
        return super()._modify_default_reverse_values(origin_move)


def _bring_to(note, amount):
    """Have a draft credit note be one of a part, every line in proportion."""
    if note.state != "draft" or not 0 < amount < note.amount_total:
        return
    lines = note.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    share = amount / note.amount_total
    for line in lines:
        line.price_unit *= share
    # The rest that rounding has left goes into the largest line.
    largest = lines.sorted(lambda line: abs(line.price_total))[-1:]
    for _round in range(ROUNDS):
        missing = amount - note.amount_total
        if note.currency_id.is_zero(missing) or not largest.price_total:
            return
        largest.price_unit *= 1 + missing / largest.price_total
