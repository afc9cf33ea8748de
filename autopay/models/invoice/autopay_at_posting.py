from odoo import api, models

from ...words.invoices.dates import get_posting_words


class AutopayAtPosting(models.AbstractModel):
    """Says of drafts what becomes of them when they are posted.

    Until then a draft that nobody has marked is not on autopay, though the policy
    *automatic* puts it there with the posting (``_apply_autopay_policy``).
    """

    _name = "autopay.at.posting"
    _description = "Drafts at Their Posting"

    @api.model
    def _explain(self, drafts):
        """Have drafts say whether they will be on autopay, when and why not.

        :param drafts: invoices that are not charged because they are not posted
        """
        is_whole = self.env["autopay.check"]._is_whole
        drafts = drafts.filtered(
            lambda move: move.state == "draft" and is_whole(move)
        ).sudo()
        for company, own in drafts.grouped("company_id").items():
            marked = own.filtered("autopay_status")
            ruled = (own - marked).filtered(
                lambda move, company=company: (
                    move.partner_id._get_autopay_policy(company) == "automatic"
                )
            )
            judged = self._judge(company, ruled)
            for move in marked:
                self._set_sentence(company, move, None)
            for move in ruled:
                self._set_sentence(
                    company, move, judged[move.commercial_partner_id._origin]
                )

    def _judge(self, company, moves):
        """Return {payer: Readiness} of the customers whose policy is *automatic*."""
        if not moves:
            return {}
        payers = moves.commercial_partner_id._origin.with_company(company)
        return self.env["autopay.readiness"].sudo()._judge(company, payers)

    def _set_sentence(self, company, move, readiness):
        """Set the sentence of a draft, and whether its posting puts it on autopay.

        :param readiness: the ``Readiness`` of a customer by whose policy it comes onto
            autopay; None: somebody has marked it
        """
        waits = readiness is None or readiness.may_wait()
        reason = ""
        if not waits:
            labels = dict(self.env["autopay.readiness"]._get_selection())
            reason = labels.get(readiness.value, "")
        move.autopay_explanation = get_posting_words(
            self.env, self._get_day(company, move), readiness is None, reason
        )
        if readiness is not None:
            move.autopay_offers = "at_posting" if waits else "not_at_posting"

    def _get_day(self, company, move):
        """Return the day on which a draft is to be charged, were it posted as it is."""
        today = company._get_autopay_today()
        invoiced = move.invoice_date or today
        due = move.invoice_date_due or invoiced
        day = move.autopay_date or company._get_autopay_date(invoiced, due)
        return max(day, today, invoiced)
