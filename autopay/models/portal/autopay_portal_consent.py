from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import MissingError, UserError

from ...words.portal.pages import (
    get_agreed_words,
    get_left_staff_words,
    get_left_words,
    get_method_problem,
    get_portal_sentence,
)
from ..attempt.autopay_attempt_schedule import RECALLABLE_STATES
from ..authorization.autopay_terms import Terms
from .linked import get_actor_name

# Reasons that end when the customer agrees to the method.
AGREEMENT_CODES = ("no_authorization", "authorization_revoked", "method_refused")


@dataclass(frozen=True, slots=True)
class Offer:
    """A saved method that a customer can choose, and the words to agree to.

    :param problem: why it cannot be chosen, "" when it can
    :param is_chosen: whether it is the default, and agreed to
    :param terms: what the customer agrees to
    """

    token: models.Model
    problem: str
    is_chosen: bool
    terms: Terms


class AutopayPortalConsent(models.AbstractModel):
    """Lets customers choose the method that pays by default, agree to it, and leave."""

    _name = "autopay.portal.consent"
    _inherit = "autopay.portal"
    _description = "Consent in the Customer Portal"

    # === OFFERS === #

    @api.model
    def _get_offers(self, company):
        """Return the ``Offer`` of each of the customer's saved methods."""
        payer = self._get_payer().with_company(company)
        tokens = payer.autopay_available_token_ids
        latest = self.env["autopay.authorization"]._get_latest_by_token(
            payer, tokens, company
        )
        return [
            self._get_offer(company, payer, token, latest, codes)
            for token, codes in self._judge_tokens(
                company, payer, tokens, latest
            ).items()
        ]

    def _judge_tokens(self, company, payer, tokens, latest):
        """Return {token: the reasons why it cannot be chosen}.

        :param dict latest: {(payer id, token id): the latest consent}
        """
        judgement = self.env["autopay.judgement"].sudo()
        table = self.env["autopay.decision"]._get_blocker_table()
        codes = [code for code in table.method_codes if code not in AGREEMENT_CODES]
        today = company._get_autopay_today()
        facts = judgement._get_method_facts(company, tokens, today)
        nothing = self.env["autopay.authorization"].sudo()
        return {
            token: judgement._judge(
                payer, token, latest.get((payer.id, token.id), nothing), facts, codes
            )
            for token in tokens
        }

    def _get_offer(self, company, payer, token, latest, codes):
        agreed = latest.get((payer.id, token.id))
        in_force = bool(agreed) and not agreed.revoked_date
        return Offer(
            token=token,
            problem=get_method_problem(self.env, codes, token),
            is_chosen=in_force and payer.autopay_token_id == token,
            terms=self.env["autopay.terms"]._get(payer, company, token),
        )

    # === CHOOSE === #

    @api.model
    def _choose(self, company, token_id, text_hash, move_ids=(), **visitor):
        """Record that the customer agrees to a method, and have it pay by default.

        :param int token_id: as the browser sent it
        :param text_hash: that of the text that was shown
        :param move_ids: ids of the failed invoices that it is to pay, as they came
        :param visitor: ip_address and user_agent of the browser
        :return: a sentence for the customer
        :raises AccessError: when the user may only look
        :raises MissingError: when it is none of the customer's methods
        :raises UserError: when it cannot be chosen, or the text is another by now
        """
        self._check_may_change()
        offer = self._find_offer(company, token_id)
        if offer.problem:
            raise UserError(offer.problem)
        if offer.terms.text_hash != text_hash:
            raise UserError(get_portal_sentence(self.env, "stale"))
        payer = self._get_payer().with_company(company)
        if not offer.is_chosen:
            terms = self.env["autopay.terms"]
            authorization = terms._agree(
                offer.terms, payer, company, offer.token, **visitor
            )
            payer._log_autopay_consent(authorization, is_default=True)
            recollect = self.env["autopay.recollect"]
            recollect._collect(company, payer, offer.token.sudo(), move_ids)
        return get_agreed_words(self.env, offer.token)

    def _find_offer(self, company, token_id):
        for offer in self._get_offers(company):
            if offer.token.id == token_id:
                return offer
        raise MissingError(self.env._("This is not one of your saved payment methods."))

    # === LEAVE === #

    @api.model
    def _get_unstoppable(self, company):
        """Return the customer's charges that nobody can call back, as attempts."""
        domain = [
            ("partner_id.commercial_partner_id", "=", self._get_payer().id),
            ("company_id", "=", company.id),
            ("line_ids.live", "=", True),
            ("state", "not in", RECALLABLE_STATES),
        ]
        return self.env["autopay.attempt"].sudo().search(domain)

    @api.model
    def _leave(self, company):
        """Revoke all the customer's consents in a company, and withdraw what can be.

        :return: sentences for the customer: what goes on, if anything does
        """
        self._check_may_change()
        consents = self._get_consents(company)
        if not consents:
            return get_portal_sentence(self.env, "not_on")
        late = self._get_unstoppable(company)
        consents._revoke(self.env._("Revoked by the customer in the portal"))
        self._alert_left(company, late)
        return get_left_words(self.env, late)

    def _alert_left(self, company, late):
        """Have staff know that nothing is collected from the customer any more.

        :param late: the charges that can no longer be stopped
        """
        notification = self.env["autopay.notification"]._for_staff(company)
        payer = self._get_payer()
        summary, note = get_left_staff_words(notification.env, payer, late)
        payer._message_log(body=f"{summary} ({get_actor_name(self.env)}). {note}")
        payer = payer.with_env(notification.env)
        notification._alert(payer, company, summary, note)
