from odoo import fields, models

from ... import const


class AutopayAttemptLine(models.Model):
    """The share of one invoice in an attempt."""

    _name = "autopay.attempt.line"
    _inherit = "autopay.default.guard"
    _description = "Autopay Charge Line"
    _order = "id desc"
    _rec_name = "move_id"

    attempt_id = fields.Many2one(
        "autopay.attempt",
        string="Charge",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="attempt_id.currency_id")
    amount = fields.Monetary(readonly=True)
    part = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Of an invoice that is payable in parts: the number of the part, or of "
        "the first one of several that were due. Zero: it is not payable in parts.",
    )
    discount_amount = fields.Monetary(
        string="Discount",
        readonly=True,
        help="The early-payment discount: with it, the amount pays the whole invoice.",
    )
    discount_date = fields.Date(
        string="Discount until",
        readonly=True,
        help="The last day of the discount. It was charged in time: when the money "
        "arrives does not matter.",
    )
    live = fields.Boolean(
        readonly=True,
        default=True,
        help="While set, no other charge can take this invoice in hand.",
    )
    previous_status = fields.Selection(
        const.invoice.MOVE_STATUSES,
        readonly=True,
        help="What the invoice goes back to when the charge is canceled.",
    )
    money_returned = fields.Boolean(
        readonly=True,
        help="Money of the invoice was returned while this charge had it in hand: "
        "whether that is charged once more is for people to decide.",
    )

    # The last line of defence: PostgreSQL refuses a second live attempt for one debt.
    _live_move_uniq = models.UniqueIndex(
        "(move_id) WHERE live",
        "This invoice is being charged already.",
    )
