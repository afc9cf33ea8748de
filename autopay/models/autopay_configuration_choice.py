from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..decision import Choice


class AutopayConfigurationChoice(models.AbstractModel):
    """Chooses which method pays each invoice of a set.

    The method that a person chose, the invoice's own, that of the first valid
    configuration whose conditions all hold, or the Autopay Token of a customer without
    enabled configurations.
    """

    _name = "autopay.configuration.choice"
    _description = "Choice of an Autopay Configuration"

    @api.model
    def _choose(self, company, moves, tokens=None, today=None, trial=None):
        """Return {move id: Choice}.

        :param company: the company of all the invoices
        :param dict tokens: {move id: token} chosen by a person
        :param date today: the date to decide for; the company's today by default
        :param trial: a configuration, perhaps not saved, to decide with as if it were
            saved and enabled
        """
        today = today or company._get_autopay_today()
        choices = self._choose_given(company, moves, tokens or {})
        rest = moves.filtered(lambda move: move.id not in choices)
        lists = self._get_lists(company, rest.commercial_partner_id, trial)
        ruled = rest.filtered(lambda move: lists.get(move.commercial_partner_id))
        choices.update(self._choose_customer(company, rest - ruled))
        choices.update(self._choose_matching(lists, ruled, today))
        return choices

    def _choose_given(self, company, moves, tokens):
        """Choose what a person has set, for this charge or on the invoice."""
        nothing = self.env["autopay.configuration"]
        choices = {}
        for move in moves:
            if token := tokens.get(move.id):
                choices[move.id] = Choice(token, nothing, "person", nothing)
            elif token := move.autopay_token_id:
                choices[move.id] = Choice(token, nothing, "invoice", nothing)
        return choices

    def _choose_customer(self, company, moves):
        """Choose the Autopay Token of customers without configurations."""
        nothing = self.env["autopay.configuration"]
        payers = moves.commercial_partner_id.with_company(company)
        by_payer = {payer.id: payer.autopay_token_id for payer in payers}
        return {
            move.id: Choice(
                by_payer[move.commercial_partner_id.id], nothing, "customer", nothing
            )
            for move in moves
        }

    def _choose_matching(self, lists, moves, today):
        """Choose the first valid configuration that matches."""
        configurations = self.env["autopay.configuration"].union(*lists.values())
        issues = configurations._get_open_issues(today)
        by_payer = defaultdict(moves.browse)
        for payer, found in moves.grouped("commercial_partner_id").items():
            by_payer[payer] = found
        matched = self._get_matched_ids(lists, by_payer, today)
        return {
            move.id: self._choose_first(
                [each for each in lists[payer] if move.id in matched[each]], issues
            )
            for payer, found in by_payer.items()
            for move in found
        }

    def _choose_first(self, matching, issues):
        """Choose among configurations that match, in their order.

        What is not valid is passed over, unless it is locked: nothing else takes its
        place.
        """
        nothing = self.env["autopay.configuration"]
        for configuration in matching:
            if not issues[configuration]:
                token = configuration.token_id
                return Choice(token, configuration, "configuration", nothing)
            if configuration.locked:
                return Choice(self.env["payment.token"], nothing, "none", configuration)
        flawed = matching[0] if matching else nothing
        return Choice(self.env["payment.token"], nothing, "none", flawed)

    # === LISTS === #

    def _get_lists(self, company, payers, trial=None):
        """Return {payer: enabled configurations in the order in which they are tried}.

        A locked configuration keeps its place, whatever was moved before it.
        """
        model = self.env["autopay.configuration"].sudo()
        found = model.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", payers.ids),
                ("enabled", "=", True),
            ]
        )
        if trial:
            found = (found - trial._origin) | trial
        return {
            payer.sudo(False).with_env(self.env): configurations._get_ordered()
            for payer, configurations in found.grouped("partner_id").items()
            if payer._origin in payers
        }

    # === MATCHING === #

    def _get_matched_ids(self, lists, by_payer, today):
        """Return {configuration: ids of its customer's invoices that it matches}.

        Conditions that say the same are looked at once for all customers.
        """
        asked = defaultdict(set)
        signatures = {}
        for payer, configurations in lists.items():
            for configuration in configurations:
                found = configuration.condition_ids._get_signatures(today)
                signatures[configuration] = found
                for signature in found:
                    asked[signature].update(by_payer[payer]._ids)
        held = {
            signature: self._get_held_ids(signature, move_ids)
            for signature, move_ids in asked.items()
        }
        return {
            configuration: self._intersect(held, found)
            for configuration, found in signatures.items()
        }

    def _get_held_ids(self, signature, move_ids):
        """Return the ids of the invoices for which a condition holds.

        Whoever asks: what he may not see of an invoice counts as well.
        """
        moves = self.env["account.move"].sudo().browse(sorted(move_ids))
        domain = self.env["autopay.configuration.condition"]._get_domain_of(signature)
        return set(moves.filtered_domain(domain)._ids)

    def _intersect(self, held, signatures):
        """Return the ids that all of the conditions hold for; none without any."""
        return (
            set.intersection(*(held[each] for each in signatures or ()))
            if (signatures)
            else set()
        )

    @api.model
    def _get_matching_domain(self, configuration, today):
        """Return the invoices that a configuration matches, as one ``Domain``.

        :param date today: the date from which days are counted
        """
        conditions = configuration.condition_ids
        if not conditions:
            return Domain.FALSE
        return Domain.AND(
            conditions._get_domain_of(signature)
            for signature in conditions._get_signatures(today)
        )
