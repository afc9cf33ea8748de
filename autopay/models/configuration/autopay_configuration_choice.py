from collections import defaultdict
from dataclasses import replace
from itertools import zip_longest

from odoo import api, models
from odoo.fields import Domain

from ..decision.facts import Question, get_trial_consent
from .choice import Choice

# Days on which conditions come to hold that are tried, to find one that pays.
MOST_TURNS = 4


class AutopayConfigurationChoice(models.AbstractModel):
    """Chooses which method pays each invoice of a set.

    The method that a person chose, the invoice's own, that of the first valid
    configuration whose conditions all hold, or the Autopay Token of a customer without
    enabled configurations.
    """

    _name = "autopay.configuration.choice"
    _description = "Choice of a Payment Rule"

    @api.model
    def _choose(self, company, moves, tokens=None, day=None, trial=None):
        """Return {move id: Choice}.

        :param company: the company of all the invoices
        :param dict tokens: {move id: token} chosen by a person
        :param date day: the date to judge all of them for; by default each is judged
            for the day of its charge
        :param trial: a configuration, perhaps not saved, to decide with as if it were
            saved and enabled
        """
        question = Question("now" if day else "scheduled", tokens, trial=trial)
        today = day or company._get_autopay_today()
        return self._choose_for(company, moves, question.get_dated(moves, today))

    @api.model
    def _choose_for(self, company, moves, question, configured=True):
        """Return {move id: Choice}, see ``_choose``.

        :param question: a ``Question`` with the days for which they are judged
        :param bool configured: whether any of the customers has configurations
        """
        choices = self._choose_given(company, moves, question.tokens or {})
        rest = moves.filtered(lambda move: move.id not in choices)
        payers = rest.commercial_partner_id
        lists = self._get_lists(company, payers, question.trial, configured)
        ruled = rest.filtered(lambda move: lists.get(move.commercial_partner_id))
        choices.update(self._choose_customer(company, rest - ruled))
        choices.update(self._choose_ruled(lists, ruled, question))
        choices.update(self._choose_others(rest, choices))
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

    def _choose_others(self, moves, choices):
        """Choose the other method that was found after a decline.

        What took the place of the declined one since goes before it; where nothing did,
        the declined one is not charged again, whatever became of the other. The other
        one pays no earlier than the declined one would.
        """
        nothing = self.env["autopay.configuration"]
        others = {}
        for move in moves.filtered("autopay_fallback_token_id"):
            tried = self.env["autopay.fallback"]._get_tried(move._origin.sudo())
            usual = choices[move.id]
            if usual.token._origin in tried:
                token = move.autopay_fallback_token_id
                others[move.id] = Choice(
                    token, nothing, "fallback", nothing, day=usual.day
                )
        return others

    def _choose_customer(self, company, moves):
        """Choose the Autopay Token of customers without configurations."""
        nothing = self.env["autopay.configuration"]
        payers = moves.commercial_partner_id.with_company(company)
        by_payer = {payer.id: payer.autopay_token_id for payer in payers}
        trial = get_trial_consent(self.env, company)
        if trial and trial.is_default:
            by_payer[trial.payer.id] = trial.token
        none = self.env["payment.token"]
        return {
            move.id: Choice(
                by_payer.get(move.commercial_partner_id.id, none),
                nothing,
                "customer",
                nothing,
            )
            for move in moves
        }

    def _choose_ruled(self, lists, moves, question):
        """Choose by configurations; what waits for its day may wait for one of them.

        A configuration that time alone makes match later pays from then on: people are
        told so, and that day comes in the place of the invoice's own.
        """
        choices = self._choose_matching(lists, moves, question.days)
        if question.mode != "scheduled":
            return choices
        left = moves.filtered(lambda move: choices[move.id].is_open)
        return {**choices, **self._choose_later(lists, left, question.days)}

    def _choose_later(self, lists, moves, days):
        """Choose on the first later day on which one of the configurations pays.

        :return: {move id: Choice} of those that one pays then, with that day
        """
        turns = {
            move.id: self._get_turns(lists[move.commercial_partner_id], move, days)
            for move in moves
        }
        choices = {}
        for number in range(MOST_TURNS):
            asked = {
                move_id: found[number]
                for move_id, found in turns.items()
                if number < len(found) and move_id not in choices
            }
            choices.update(self._choose_on(lists, moves, asked))
        return choices

    def _choose_on(self, lists, moves, days):
        """Choose on later days; return what a configuration pays then, with its day.

        :param dict days: {move id: day}
        """
        if not days:
            return {}
        found = self._choose_matching(lists, moves.browse(days), days)
        return {
            move_id: replace(choice, day=days[move_id])
            for move_id, choice in found.items()
            if choice.configuration
        }

    def _get_turns(self, configurations, move, days):
        """Return the days on which a condition comes to hold, the first one first."""
        trace = self.env["autopay.configuration.trace"]
        found = {
            trace._get_condition_date(condition, move, days[move.id])
            for condition in configurations.condition_ids
        }
        return sorted(filter(None, found))

    def _choose_matching(self, lists, moves, days):
        """Choose the first valid configuration that matches.

        All customers' first ones are asked at once, then all second ones for the
        invoices that are left, and so on.

        :param dict days: {move id: the day for which it is judged}
        """
        left = {
            payer: set(found._ids)
            for payer, found in moves.grouped("commercial_partner_id").items()
        }
        choices, refused = {}, {}
        for row in zip_longest(*(lists[payer] for payer in left)):
            asked = {
                configuration: left[payer]
                for payer, configuration in zip(left, row, strict=True)
                if configuration and left[payer]
            }
            self._choose_round(asked, moves, days, choices, refused)
        _set_defaults(refused, set().union(*left.values()), self._choose_nothing())
        return {**refused, **choices}

    def _choose_round(self, asked, moves, days, choices, refused):
        """Choose for one configuration of each customer.

        :param dict asked: {configuration: ids of its invoices}; what it pays is taken
            out of them
        :param dict choices: {move id: Choice}, to be added to
        :param dict refused: {move id: Choice of nothing} by the first that matched and
            is not valid, or whose kind of method may not pay; likewise
        """
        matched = self._get_matched_ids(asked, moves, days)
        for configuration, move_ids, choice in self._judge_matched(matched, days):
            if not choice:
                _set_defaults(refused, move_ids, self._choose_nothing(configuration))
                continue
            unfit_ids = self._get_unfit_ids(configuration, moves.browse(move_ids))
            nothing = self._choose_nothing(unfit=configuration)
            # A locked one is not passed over: nothing else takes its place.
            _set_defaults(
                choices if configuration.locked else refused, unfit_ids, nothing
            )
            choices.update(dict.fromkeys(move_ids - unfit_ids, choice))
            asked[configuration] -= move_ids & choices.keys()

    def _judge_matched(self, matched, days):
        """Yield (configuration, ids of invoices, Choice or False) of what has matched.

        A method that expires before some of its invoices are charged is one that is
        not valid for these.

        :param dict matched: {configuration: ids of the invoices that it matches}
        """
        configurations = self.env["autopay.configuration"].union(*matched)
        first = min(days.values()) if matched else None
        issues = configurations._get_passing_issues(first)
        for configuration, move_ids in matched.items():
            late_ids = self._get_late_ids(configuration, move_ids, days)
            found = issues[configuration]
            for part_ids, codes in (
                (move_ids - late_ids, found),
                (late_ids, found or ["method_expired"]),
            ):
                if part_ids:
                    choice = self._choose_matched(configuration, codes)
                    yield configuration, part_ids, choice

    def _get_late_ids(self, configuration, move_ids, days):
        """Return the ids of the invoices before whose charge its method expires."""
        token = configuration.token_id.sudo()
        if not token.autopay_expiry_date:
            return set()
        return {each for each in move_ids if token._is_autopay_expired(days[each])}

    def _get_unfit_ids(self, configuration, moves):
        """Return the ids of the invoices that its kind of method may not pay."""
        token = configuration.token_id
        limited = moves.sudo().filtered("autopay_allowed_kinds")
        return {move.id for move in limited if not move._is_autopay_kind_allowed(token)}

    def _choose_matched(self, configuration, issues):
        """Choose a configuration that matches, or nothing if it is passed over.

        What is not valid is passed over, unless it is locked: nothing else takes its
        place.
        """
        if issues:
            return configuration.locked and self._choose_nothing(configuration)
        nothing = self.env["autopay.configuration"]
        return Choice(configuration.token_id, configuration, "configuration", nothing)

    def _choose_nothing(self, invalid=None, unfit=None):
        """Choose no method; tell which configuration would pay if it were valid, or if
        its kind of method were allowed.
        """
        nothing = self.env["autopay.configuration"]
        token = self.env["payment.token"]
        return Choice(token, nothing, "none", invalid or nothing, unfit)

    # === LISTS === #

    def _get_lists(self, company, payers, trial=None, configured=True):
        """Return {payer: enabled configurations in the order in which they are tried}.

        A locked configuration keeps its place, whatever was moved before it.

        :param bool configured: whether any of these customers has saved ones
        """
        model = self.env["autopay.configuration"].sudo()
        found = model.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", payers.ids if configured else ()),
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

    def _get_disabled(self, company, payer, trial=None):
        """Return what a customer has switched off, and does not try out just now."""
        return (
            self.env["autopay.configuration"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "=", payer.id),
                    ("enabled", "=", False),
                    ("id", "not in", trial._origin.ids if trial else []),
                ]
            )
        )

    # === MATCHING === #

    def _get_matched_ids(self, asked, moves, days):
        """Return {configuration: ids of the invoices that it matches, if any}.

        Configurations that say the same are looked at together.

        :param dict asked: {configuration: ids of invoices}
        :param moves: all the invoices, which are read together
        :param dict days: {move id: the date from which its days are counted}
        """
        same = defaultdict(dict)
        for configuration, asked_ids in asked.items():
            conditions = configuration.condition_ids
            for day, move_ids in conditions._group_by_day(asked_ids, days):
                signatures = tuple(conditions._get_signatures(day))
                parts = same[signatures]
                parts[configuration] = parts.get(configuration, set()) | move_ids
        matched = defaultdict(set)
        for signatures, parts in same.items():
            held = self._get_held_ids(signatures, set().union(*parts.values()), moves)
            for configuration, move_ids in parts.items():
                matched[configuration] |= move_ids & held
        # In the order in which they were asked.
        return {each: matched[each] for each in asked if matched[each]}

    def _get_held_ids(self, signatures, move_ids, moves):
        """Return the ids of the invoices for which all conditions hold; none without.

        Whoever asks: what he may not see of an invoice counts as well.
        """
        conditions = self.env["autopay.configuration.condition"]
        asked = move_ids if signatures else ()
        held = moves.sudo().browse(asked).with_prefetch(moves._ids)
        for signature in signatures:
            if held:
                held = held.filtered_domain(conditions._get_domain_of(signature))
                # Odoo's filter forgets what is read together with it.
                held = held.with_prefetch(moves._ids)
        return set(held._ids)

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


def _set_defaults(choices, move_ids, choice):
    """Choose for those invoices for which nothing was chosen before."""
    for move_id in move_ids:
        choices.setdefault(move_id, choice)
