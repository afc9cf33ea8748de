from odoo import api, models

from ...words.invoices.blockers import get_pause_values
from .candidate import Candidate, MethodFacts


class AutopayJudgement(models.AbstractModel):
    """Judges whether a method can pay for a customer in a company.

    One method for each reason why not, ``_is_<code>(candidate, facts)``, for those that
    are *of_payer* (``const.blockers``). Invoices, configurations and customers ask the
    same ones: the candidate is a ``Decision`` or a ``Candidate``, the facts are
    ``Facts`` or ``MethodFacts``.
    """

    _name = "autopay.judgement"
    _description = "Judgement of Payment Methods"

    @api.model
    def _judge(self, payer, token, authorization, facts, codes):
        """Return which of these reasons hold, in their order.

        Without a method there is nothing to say of it but that.

        :param payer: the customer, a commercial entity, perhaps as a form edits it
        :param authorization: the latest consent of the customer to the method
        :param facts: the ``MethodFacts`` of the company
        :param codes: some of the reasons that are *of_payer*
        """
        candidate = Candidate(payer, token, authorization)
        if not token and "no_method" in codes:
            codes = codes[: codes.index("no_method") + 1]
        return [
            code for code in codes if getattr(self, f"_is_{code}")(candidate, facts)
        ]

    @api.model
    def _get_method_facts(self, company, tokens, today=None):
        """Look up what a judgement needs of several methods of one company.

        :param tokens: those that may have been declined
        :param date today: the date to judge for; None when no method has a last day
        """
        return MethodFacts(company, today, *tokens._get_autopay_declines())

    # === CUSTOMER === #

    def _is_customer_off(self, candidate, facts):
        return candidate.customer._get_autopay_policy(facts.company) == "off"

    def _is_customer_archived(self, candidate, facts):
        return not candidate.payer.active

    # === METHOD AND PROVIDER === #

    def _is_no_method(self, candidate, facts):
        return not candidate.token

    def _is_method_archived(self, candidate, facts):
        return not candidate.token.active

    def _is_method_expired(self, candidate, facts):
        return candidate.token._is_autopay_expired(candidate.day or facts.today)

    def _is_method_paused(self, candidate, facts):
        if not candidate.token.autopay_paused_date:
            return False
        candidate.values.update(get_pause_values(self.env, candidate.token))
        return True

    def _is_method_of_other_customer(self, candidate, facts):
        owner = candidate.token.partner_id.commercial_partner_id
        return owner != candidate.payer._origin

    def _is_provider_disabled(self, candidate, facts):
        return candidate.token.provider_id.state == "disabled"

    def _is_provider_company(self, candidate, facts):
        return candidate.token.provider_id.company_id not in facts.company.parent_ids

    def _is_provider_unsupported(self, candidate, facts):
        return not candidate.token._is_autopay_usable()

    def _is_provider_one_time(self, candidate, facts):
        provider = candidate.token.provider_id
        return not provider._is_autopay_agreeable(candidate.authorization)

    # === AUTHORIZATION AND BANK === #

    def _is_no_authorization(self, candidate, facts):
        return not candidate.authorization

    def _is_authorization_revoked(self, candidate, facts):
        return bool(candidate.authorization.revoked_date)

    def _is_method_refused(self, candidate, facts):
        return candidate.authorization._is_older_than_refusal(facts.refused)

    def _is_method_exhausted(self, candidate, facts):
        return candidate.token._origin.id in facts.exhausted
