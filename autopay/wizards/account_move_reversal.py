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
        action = super().reverse_moves(is_modify)
        if is_modify:
            pairs = zip(self.move_ids, self.new_move_ids, strict=False)
            for replaced, move in pairs:
                known = replaced.sudo().company_id.autopay_known
                if known and replaced.sudo().autopay_attempt_line_ids:
                    move.sudo().autopay_replaced_id = replaced
        elif len(self.new_move_ids) == 1:
            amount = self.env.context.get("autopay_credit_amount")
            if isinstance(amount, int | float):
                _bring_to(self.new_move_ids, amount)
        return action


def _bring_to(note, amount):
    """Have a draft credit note be one of a part, every line in proportion."""
    if note.state != "draft" or not 0 < amount < note.amount_total:
        return
    lines = note.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    share = amount / note.amount_total
    for line in lines:
        line.price_unit *= share
    # What rounding has left goes into the largest line.
    largest = lines.sorted(lambda line: abs(line.price_total))[-1:]
    for _round in range(ROUNDS):
        missing = amount - note.amount_total
        if note.currency_id.is_zero(missing) or not largest.price_total:
            return
        largest.price_unit *= 1 + missing / largest.price_total
