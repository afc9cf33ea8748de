from dataclasses import dataclass

from odoo import api, models

from ...const.invoice import OFF_BLOCKERS, READINESS, WAITING_READINESS
from ...words.configurations import HELD_ISSUES


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a customer's invoices can be collected.

    :param codes: the blockers of all its invoices, the first one told first
    :param token: the method that would pay, as far as it is known
    :param configured: whether configurations choose the method
    """

    codes: tuple | list
    token: models.Model
    configured: bool = False

    @property
    def code(self):
        """The blocker that is told; False when there is none."""
        return self.codes[0] if self.codes else False

    @property
    def value(self):
        """The key of ``autopay.readiness._get_selection``."""
        if self.code in OFF_BLOCKERS:
            return "off"
        return self.code or "ready"

    @property
    def word(self):
        """The code of the sentence that tells it."""
        return self.code or ("configured" if self.configured else "ready")

    def may_wait(self):
        """Return whether invoices are put on autopay although none can be charged."""
        held = HELD_ISSUES if self.configured else ()
        return set(self.codes) <= {*WAITING_READINESS, *held}


class AutopayReadiness(models.AbstractModel):
    """Judges customers as their invoices would be, in sets."""

    _name = "autopay.readiness"
    _description = "Readiness of Customers"

    @api.model
    def _get_selection(self):
        """Return what customers show: that they are ready, or the blocker."""
        shown = {
            *self.env["autopay.decision"]._get_blocker_table().payer_codes,
            "configuration_invalid",
        }
        labels = self.env["autopay.decision"]._get_blocker_selection()
        return [
            *((code, self.env._(label)) for code, label in READINESS.items()),
            *(row for row in labels if row[0] in shown - {*OFF_BLOCKERS}),
        ]

    @api.model
    def _judge(self, company, payers):
        """Return {payer: Readiness}.

        :param payers: customers, commercial entities, perhaps as a form edits them
        """
        if not company._is_autopay_known():
            nothing = self.env["payment.token"]
            return {payer: Readiness(("company_off",), nothing) for payer in payers}
        payers = payers.with_company(company)
        # Shown beside it: read once, with the chosen one among them.
        payers.mapped("autopay_available_token_ids")
        seen = self.env["autopay.payer.glance"]._get_known(company, payers)
        configured = self._judge_configured(company, payers, seen)
        facts = self._get_facts(company, payers.autopay_token_id, seen)
        authorizations = self.env["autopay.authorization"]._get_latest_by_token(
            payers, payers.autopay_token_id._origin, company
        )
        return {
            payer: self._judge_one(payer, facts, authorizations, configured)
            for payer in payers
        }

    def _judge_one(self, payer, facts, authorizations, configured):
        """Return the ``Readiness`` of a customer.

        :param dict configured: {payer: Readiness} of those with configurations
        """
        token = payer.autopay_token_id
        key = (payer._origin.id, token._origin.id)
        authorization = authorizations.get(key, self.env["autopay.authorization"])
        ruled = configured.get(payer._origin)
        table = self.env["autopay.decision"]._get_blocker_table()
        codes = table.customer_codes if ruled else table.payer_codes
        judge = self.env["autopay.judgement"]._judge
        found = judge(payer, token, authorization, facts, codes)
        if ruled:
            found, token = [*found, *ruled.codes], ruled.token
        if not found and not facts.company.autopay_enabled:
            # Only now: missing things are mended before autopay is switched on.
            found = ["company_off"]
        return Readiness(found, token, bool(ruled))

    def _get_facts(self, company, tokens, seen):
        """Look up what of the methods is to be known, and no more.

        :param seen: the ``Glance`` that a form has taken at their customers, or None
        """
        declined = tokens if not seen or seen.declined else tokens.browse()
        tokens._read_autopay_providers()
        dated = any(tokens.mapped("autopay_expiry_date"))
        today = company._get_autopay_today() if dated else None
        return self.env["autopay.judgement"]._get_method_facts(company, declined, today)

    def _judge_configured(self, company, payers, seen):
        """Return {payer: Readiness} of those with enabled configurations."""
        lists = self.env["autopay.configuration.choice"]._get_lists(
            company, payers._origin, configured=not seen or seen.configured
        )
        issues = self.env["autopay.configuration"].union(*lists.values())._get_issues()
        return {
            payer: self._judge_list(configurations, issues)
            for payer, configurations in lists.items()
        }

    def _judge_list(self, configurations, issues):
        """Return the ``Readiness`` by a customer's configurations.

        One that is valid is enough. Otherwise the first that would not be passed over
        says why: its method pays nothing for now.

        :param dict issues: {configuration: codes of what is wrong with it}
        """
        nothing = configurations.token_id.browse()
        if not all(issues[each] for each in configurations):
            return Readiness((), nothing, True)
        for each in configurations:
            if set(issues[each]) <= set(HELD_ISSUES):
                return Readiness(issues[each], each.token_id, True)
        return Readiness(("configuration_invalid",), nothing, True)
