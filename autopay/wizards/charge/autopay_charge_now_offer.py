from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rights import check_billing
from ...words.invoices.offers import choose_offer, get_offer_label


class AutopayChargeNowOffer(models.AbstractModel):
    """Offers what helps where nothing can be charged, instead of only a way out."""

    _name = "autopay.charge.now.offer"
    _description = "Help Where Nothing Can Be Charged"

    offer = fields.Char(
        compute="_compute_offer",
        help="A button of the invoices, where none of them can be charged now.",
    )
    offer_label = fields.Char(compute="_compute_offer")

    # === COMPUTE METHODS === #

    @api.depends("move_ids", "ready_ids.blocker", "skipped_ids.blocker")
    def _compute_offer(self):
        self.update({"offer": False, "offer_label": False})
        for wizard in self.filtered(lambda wizard: wizard.state == "draft"):
            is_stuck = wizard.skipped_ids and not wizard.ready_ids
            offer = is_stuck and wizard._find_offer()
            if offer:
                wizard.offer = offer
                wizard.offer_label = get_offer_label(self.env, offer)

    # === ACTION METHODS === #

    def action_offer(self):
        """Do what is offered; where that leads nowhere else, look at them once more.

        :raises UserError: when it does not help any more
        """
        self.ensure_one()
        check_billing(self)
        moves, offer = self._get_moves(), self._find_offer()
        if not offer:
            raise UserError(self.env._("Something has changed: open Charge Now again."))
        if offer == "open_invoice":
            return moves._get_records_action()
        if offer == "open_approval":
            # The question is about the method that was chosen here.
            return moves._open_autopay_approval(self._get_tokens())
        action = getattr(moves, f"action_autopay_{offer}")()
        return action or moves.action_autopay_charge_now()

    # === BUSINESS METHODS === #

    def _find_offer(self):
        """Return what would help all of the invoices at once, or False."""
        if self._get_other_documents():
            return False
        decisions = self._decide()
        if not decisions or not all(each.blocker for each in decisions.values()):
            return False
        found = {
            choose_offer(each.blocker, move._get_autopay_offers(each))
            for move, each in decisions.items()
        }
        # Many customers are asked together; anything else is done one by one.
        is_common = len(decisions) == 1 or found == {"request_method"}
        return found.pop() if is_common else False

    def _get_other_documents(self):
        """Return what autopay does not collect: credit notes, vendor bills ..."""
        moves = self.move_ids._origin.sudo()
        return moves.filtered(lambda move: move.move_type != "out_invoice")
