from odoo import models
from odoo.exceptions import UserError

from ...const.reversal import MONEY_GONE
from ...words.disputes import get_dispute_words


class AutopayMoveDispute(models.Model):
    """Keeps what is disputed from being charged and asked for until it is settled.

    A person who unticks *In Dispute* has decided otherwise. Whether what a lost dispute
    took is still owed is for a person to say, as of a refund.
    """

    _inherit = "account.move"

    _autopay_dispute_idx = models.Index("(company_id) WHERE autopay_in_dispute")

    # === BUSINESS METHODS === #

    def _get_autopay_dispute(self):
        """Return the last dispute of an invoice that its bank has not decided."""
        self.ensure_one()
        reversals = self.sudo().autopay_attempt_line_ids.attempt_id.reversal_ids
        return reversals.filtered(
            lambda rec: rec.kind == "dispute" and rec.finding == "gone"
        ).sorted("id")[-1:]

    def _check_autopay_undisputed(self):
        """Refuse what would have a disputed invoice paid.

        :raises UserError: which dispute, until when, and what to do instead
        """
        known = self._filter_autopay_known()
        for move in known.filtered(lambda rec: rec.sudo().autopay_in_dispute)[:1]:
            raise UserError(get_dispute_words(self.env, move._get_autopay_dispute()))

    def _is_autopay_withheld(self):
        """Return whether an invoice is not asked for: it is disputed, or was refunded.

        Nobody has said yet whether it is still owed.
        """
        self.ensure_one()
        # No field of ours is read where Autopay never was on.
        move = self._filter_autopay_known().sudo()
        return move.autopay_refunded or move.autopay_in_dispute

    def _is_autopay_charged_back(self):
        """Return whether a dispute took what a person is asked about."""
        self.ensure_one()
        reversals = self.sudo().autopay_attempt_line_ids.attempt_id.reversal_ids
        gone = reversals.filtered(
            lambda rec: rec.finding in MONEY_GONE and not rec.is_decided
        )
        return self.autopay_refunded and gone.sorted("id")[-1:].kind == "dispute"
