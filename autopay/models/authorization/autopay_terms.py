import hashlib
from dataclasses import dataclass

from odoo import api, models

from ...words.authorizations import get_customer_text, get_limit_sentences


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a customer agrees to about a saved method: shown, and then recorded.

    :param text_hash: SHA-256 of the text: what comes back with the customer's word
    :param limits: values of an ``autopay.authorization``
    """

    text: str
    text_hash: str
    limits: dict


class AutopayTerms(models.AbstractModel):
    """Says under which words and limits a customer agrees to a method saved before.

    What is recorded is what was shown: both come from here.
    """

    _name = "autopay.terms"
    _description = "Terms of an Authorization"

    @api.model
    def _get(self, payer, company, token, old_token=None):
        """Return the ``Terms`` of a method, in the user's language.

        :param old_token: the method in whose place it pays; its limits hold on
        """
        authorizations = self.env["autopay.authorization"].sudo()
        limits = {}
        for source in (old_token, token):
            if source and not limits:
                limits = authorizations._get_last_limits(payer, company, source)
        words = get_customer_text(self.env, company, token)
        sentences = get_limit_sentences(self.env, authorizations.new(limits))
        text = " ".join([words, *sentences])
        return Terms(text, hashlib.sha256(text.encode()).hexdigest(), limits)

    @api.model
    def _agree(self, terms, payer, company, token, **visitor):
        """Record that a customer has agreed to these terms in the portal; mail a copy.

        :param visitor: ip_address and user_agent of the browser
        :return: the ``autopay.authorization``
        """
        authorization = self.env["autopay.authorization"]._record(
            payer,
            company,
            token,
            "portal",
            text=terms.text,
            lang=self.env.lang,
            **terms.limits,
            **visitor,
        )
        contact = self.env.user.partner_id.sudo()
        saved = self.env["autopay.saved.method"]
        saved._mail_copy(authorization, contact)
        return authorization
