from odoo import api, models
from odoo.exceptions import MissingError, UserError

from ...words.methods.removals import (
    get_refusal_words,
    get_removed_words,
    get_staff_words,
)
from ...words.portal.pages import get_portal_sentence
from .uses import Replacement


class AutopayMethodRemoval(models.AbstractModel):
    """Lets customers take a saved payment method away, with what rests on it.

    Another one pays instead, with the customer's agreement, or what it paid is not
    charged until the customer chooses one. What the bank has already is followed to its
    end first.
    """

    _name = "autopay.method.removal"
    _inherit = "autopay.portal"
    _description = "Removal of Payment Methods by Customers"

    # === QUESTIONS === #

    @api.model
    def _get_tokens(self, company):
        """Return the customer's saved methods that can pay in a company."""
        payer = self._get_payer().with_company(company)
        return payer.autopay_available_token_ids.sudo()

    @api.model
    def _find_token(self, token_id):
        """Return one of the customer's saved methods, empty when it is none of theirs.

        :param int token_id: as the browser sent it
        """
        tokens = self.env["payment.token"].sudo()
        own = ("partner_id.commercial_partner_id", "=", self._get_payer().id)
        return tokens.search([("id", "=", token_id), own])

    @api.model
    def _get_replacements(self, company, token):
        """Return a ``Replacement`` for each method that can pay instead of another."""
        others = self._get_tokens(company) - token
        today = company._get_autopay_today()
        refused, exhausted = others._get_autopay_declines()
        able = others.filtered(
            lambda other: (
                other._is_autopay_usable()
                and not other._is_autopay_expired(today)
                and not other.autopay_paused_date
                and other.id not in refused
                and other.id not in exhausted
            )
        )
        return [self._get_replacement(company, token, other) for other in able]

    def _get_replacement(self, company, token, other):
        """Return the words to agree to; limits of the former method hold on."""
        terms = self.env["autopay.terms"]
        return Replacement(other, terms._get(self._get_payer(), company, other, token))

    # === ACTS === #

    @api.model
    def _check_removable(self, token):
        """Check that the customer may take a method away now.

        :return: its ``Uses``
        :raises AccessError: when the user may only look at what it pays
        :raises UserError: when a charge is under way with it
        """
        uses = token._get_autopay_uses()
        if uses:
            self._check_may_change()
        if uses.late:
            raise UserError(get_refusal_words(self.env, token, uses.late))
        return uses

    @api.model
    def _remove(self, company, token_id, instead_id=None, text_hash="", **visitor):
        """Take a method away from what it pays.

        :param int token_id: as the browser sent it
        :param instead_id: the method that pays instead; None: nothing does
        :param str text_hash: that of the text that was shown for it
        :param visitor: ip_address and user_agent of the browser
        :return: a sentence for the customer
        """
        token = self._find_token(token_id)
        if not token:
            raise MissingError(self.env._("This method is not yours, or is gone."))
        uses = self._check_removable(token)
        replacement = token.browse()
        if instead_id:
            chosen = self._choose(company, token, instead_id, text_hash)
            self._hand_over(company, token, chosen, visitor)
            replacement = chosen.token
        if token.active:
            token.active = False
        left = self._finish(token, uses, replacement)
        return get_removed_words(self.env, token, replacement, bool(left))

    def _choose(self, company, token, instead_id, text_hash):
        """Return the ``Replacement`` that a browser names.

        :raises MissingError: when the method cannot pay instead
        :raises UserError: when other words were shown
        """
        for each in self._get_replacements(company, token):
            if each.token.id == instead_id:
                if each.terms.text_hash != text_hash:
                    raise UserError(get_portal_sentence(self.env, "stale"))
                return each
        raise MissingError(self.env._("This method cannot pay instead."))

    def _hand_over(self, company, token, replacement, visitor):
        """Record the agreement to another method, and let it pay instead."""
        payer = self._get_payer().with_company(company)
        uses = self.env["autopay.setup.uses"].sudo()
        if not uses._get_in_force(replacement.token, payer, company):
            terms = self.env["autopay.terms"]
            terms._agree(
                replacement.terms, payer, company, replacement.token, **visitor
            )
        uses._replace(token, replacement.token, company)

    @api.model
    def _finish(self, token, uses, replacement=None):
        """End the agreements to a method that its owner took away; tell staff.

        :param uses: its ``Uses`` before
        :return: its ``Uses`` now: what is not charged any more
        """
        reason = self.env._("The customer removed the payment method.")
        consents = token.autopay_authorization_ids
        consents.filtered(lambda each: not each.revoked_date)._revoke(reason)
        left = token._get_autopay_uses()
        self._tell_staff(token, uses, replacement, left)
        return left

    def _tell_staff(self, token, uses, replacement, left):
        """Have staff know; a person is called when something is not paid any more."""
        if not uses:
            return
        payer = token.partner_id.commercial_partner_id
        notifications = self.env["autopay.notification"]
        service = notifications._for_staff(token.company_id)
        title, text = get_staff_words(service.env, token, uses, replacement)
        payer._message_log(body=f"{title} ({self.env.user.name}). {text}")
        for company in left.get_companies():
            service = notifications._for_staff(company)
            words = get_staff_words(service.env, token, uses, replacement)
            service._alert(payer.with_env(service.env), company, *words)
