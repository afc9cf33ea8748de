import logging
from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ...const.attempt import UNCOLLECTED_STATES
from ...const.blockers import BLOCKERS, BlockerTable
from ...const.decision import RUN_SKIP_REASONS
from ..configuration.choice import Choice
from .discount import NO_DISCOUNT
from .facts import Decision, Facts, Question

_logger = logging.getLogger(__name__)


class AutopayDecision(models.AbstractModel):
    """Decides, for a set of invoices, what would be charged and why the rest not."""

    _name = "autopay.decision"
    _inherit = ["autopay.check", "autopay.configuration.cap"]
    _description = "Autopay Decision"

    # === REASONS === #

    @api.model
    def _get_blockers(self):
        """Return the reasons not to charge, each a ``Blocker``, in the order of asking.

        Hook for other modules, which add rows where they are to be told.
        """
        return list(BLOCKERS)

    @api.model
    @ormcache()
    def _get_blocker_table(self):
        """Return the reasons not to charge as a ``BlockerTable``."""
        return BlockerTable(self._get_blockers())

    @api.model
    def _get_blocker_selection(self):
        """Return the reasons as a selection of a field."""
        rows = self._get_blocker_table()
        return [(row.code, self.env._(row.label)) for row in rows]

    @api.model
    def _get_skip_selection(self):
        """Return for what a run may skip invoices, as a selection of a field."""
        own = RUN_SKIP_REASONS.items()
        labels = ((code, self.env._(label)) for code, label in own)
        return [*self._get_blocker_selection(), *labels]

    # === DECISIONS === #

    @api.model
    def _decide(self, moves, mode="scheduled", tokens=None, today=None, trial=None):
        """Return {move: Decision} for these customer invoices.

        :param str mode: *scheduled* or *now* (a person charges), with *gate_* before it
            for the last look at an invoice that is reserved; *gate_confirm* for the
            look before its customer confirms the charge
        :param dict tokens: {move id: token} chosen by a person
        :param date today: the date to decide for; the company's today by default
        :param trial: a configuration, perhaps not saved, to decide with as if it were
            saved and enabled
        """
        return self._answer(moves, Question(mode, tokens, today, trial))

    @api.model
    def _decide_as_if_on(self, moves):
        """Return the same as if their companies had Autopay switched on."""
        return self._answer(moves, Question(as_if_on=True))

    @api.model
    def _decide_finally(self, moves, mode, tokens):
        """Return the same once open credit was applied: what is left of it holds."""
        return self._answer(moves, Question(mode, tokens, final=True))

    @api.model
    def _decide_safely(self, moves, mode="scheduled", tokens=None):
        """Return {move: Decision}; invoices that cannot be decided about are left out.

        For what is done for many: whatever is wrong with one must not stop it.
        """
        try:
            with self.env.cr.savepoint():
                return self._decide(moves, mode, tokens)
        except Exception:
            if len(moves) == 1:
                _logger.exception("Nothing can be decided about invoice %s.", moves.id)
                return {}
        decisions = {}
        for move in moves:
            decisions.update(self._decide_safely(move, mode, tokens))
        return decisions

    @api.model
    def _answer(self, moves, question):
        """Return {move: Decision} for these customer invoices.

        :param question: a ``Question``
        """
        whole = moves.filtered(self._is_whole)
        decisions = {move: self._get_unfinished(move) for move in moves - whole}
        for company, company_moves in whole.grouped("company_id").items():
            facts = self._get_facts(company, company_moves, question)
            facts.spent = self._count_spent(facts, question)
            facts.as_if_on = question.as_if_on
            checks = self._get_checks(question.mode)
            for move in company_moves:
                decision = self._prepare_decision(move, facts)
                self._apply_checks(checks, decision, facts)
                self._drop_lost_discount(decision)
                self._add_spent(decision, facts)
                self.env["autopay.open.credit"]._add_used(decision, facts)
                decision.rest_date = self._get_rest_date(decision, facts)
                if company.autopay_combine or question.mode.startswith("gate_"):
                    combinations = self.env["autopay.combination"]
                    decision.room = combinations._get_room(decision, facts)
                    decision.combines = facts.scheduled and (
                        company.autopay_combine and combinations._may_combine(decision)
                    )
                decisions[move] = decision
        return decisions

    def _get_unfinished(self, move):
        """Decide about an invoice that nobody could post yet."""
        nothing = self.env["autopay.configuration"]
        choice = Choice(self.env["payment.token"], nothing, "none", nothing)
        authorization = self.env["autopay.authorization"]
        return Decision(move, choice, authorization, blocker="not_posted")

    @api.model
    def _get_checks(self, mode):
        """Return [(code, method)] in the order in which blockers are told."""
        codes = self._get_blocker_table().asked_codes[mode]
        return [(code, getattr(self, f"_is_{code}")) for code in codes]

    def _apply_checks(self, checks, decision, facts):
        """Set the first blocker that holds."""
        key = (decision.payer.id, decision.token.id, decision.authorization.id)
        payer_codes = self._get_blocker_table().payer_codes
        for code, check in checks:
            if code in payer_codes and facts.passed.get(key, date.min) >= decision.day:
                continue
            if check(decision, facts):
                decision.blocker = code
                return
        facts.passed[key] = max(decision.day, facts.passed.get(key, date.min))

    def _prepare_decision(self, move, facts):
        choice = facts.choices[move.id]
        key = (move.commercial_partner_id.id, choice.token.id)
        authorization = facts.authorizations.get(key)
        if authorization is None:
            authorization = self.env["autopay.authorization"]
        if facts.trial and choice.configuration == facts.trial:
            authorization = facts.trial._get_future_authorization(authorization)
        share = facts.dues[move]
        discount = self.env["autopay.discount"]._get_planned(share, move, facts)
        due = move.currency_id.round(share.amount - discount.amount)
        return Decision(
            move,
            choice,
            authorization,
            due,
            due,
            share=share,
            discount=discount,
            today=facts.today,
            day=choice.day or facts.days[move.id],
            trial=facts.trial,
        )

    def _drop_lost_discount(self, decision):
        """Have the full amount be due where a cap has divided the discounted one.

        The ledger grants a discount for nothing but the whole.
        """
        currency = decision.move.currency_id
        if currency.compare_amounts(decision.amount, decision.due) < 0:
            full = decision.due + decision.discount.amount
            decision.due, decision.discount = currency.round(full), NO_DISCOUNT

    # === FACTS === #

    def _get_facts(self, company, moves, question):
        """Look up in a few queries what the checks need for all the invoices."""
        payers = moves.commercial_partner_id
        glance = self.env["autopay.payer.glance"]
        seen = glance._look(company, payers, dated=not question.today)
        today = question.today or company._get_autopay_today()
        question = question.get_dated(moves, today)
        choices = self.env["autopay.configuration.choice"]._choose_for(
            company, moves, question, seen.configured
        )
        paid = self.env["autopay.open.credit"]._get_linked_moves(moves.sudo())
        tokens = {move_id: choice.token for move_id, choice in choices.items()}
        methods = self.env["payment.token"].union(*tokens.values())
        return Facts(
            company=company,
            today=today,
            days=question.days,
            neutralized=self.env["res.company"]._is_autopay_neutralized(),
            copied=company._is_autopay_copied(),
            pending=self._get_pending_payments(paid),
            doubtful=self._get_doubtful_payments(paid),
            choices=choices,
            dues=self.env["autopay.due"]._get_dues(moves, today, tokens),
            **self._get_tried_facts(moves),
            **self._get_said_facts(company, moves, tokens),
            **self._get_payer_facts(company, payers, methods, seen, question.trial),
            **self._get_credit_facts(company, moves, question, seen, paid),
            trial=question.trial,
            scheduled=question.mode == "scheduled",
        )

    def _get_tried_facts(self, moves):
        """Look up what was tried before, or is being tried, to collect the invoices."""
        # Of most invoices there is nothing to look up.
        tried = moves.sudo().filtered("autopay_attempt_line_ids")
        return {
            "live": self._get_live_attempts(tried),
            "returned": self.env["autopay.reversal"]._get_returned_attempts(tried),
            "contradicted": self._get_contradicted_attempts(tried),
        }

    def _get_payer_facts(self, company, payers, methods, seen, trial):
        """Look up what the customers allow their methods, and how these were refused.

        :param seen: the ``Glance`` at the customers
        """
        declined = methods if seen.declined else methods.browse()
        capped = methods if seen.configured else methods.browse()
        refused, exhausted = declined._get_autopay_declines()
        methods._read_autopay_providers()
        authorizations = self.env["autopay.authorization"]
        return {
            "authorizations": authorizations._get_latest_by_token(
                payers, methods, company
            ),
            "refused": refused,
            "exhausted": exhausted,
            "caps": self._get_caps(company, payers, capped, trial),
        }

    def _get_credit_facts(self, company, moves, question, seen, paid):
        """Look up what the customers have paid already, or need not pay.

        :param seen: the ``Glance`` at the customers
        :param paid: the invoices that online payments are linked with
        """
        unapplied = moves._get_autopay_unapplied(seen.reissued)
        model = self.env["autopay.open.credit"]
        return {
            "unapplied": unapplied,
            "credits": model._find(company, moves, unapplied, seen.credited, paid),
            "credited": {} if question.credited is None else question.credited,
            "final": question.final or question.mode.startswith("gate_"),
        }

    def _get_said_facts(self, company, moves, tokens):
        """Look up what second persons have approved and customers were told."""
        return {
            "approvals": self._get_approvals(company, moves),
            "notices": self._get_notice_facts(company, moves, tokens),
        }

    def _get_approvals(self, company, moves):
        if not company.autopay_approval_limit:
            return {}
        return self.env["autopay.approval"]._get_open(moves)

    def _count_spent(self, facts, question):
        """Return what has been charged this month where that is limited."""
        # An attempt that is decided once more must not stand in its own way.
        own = facts.live.values() if question.mode.startswith("gate_") else ()
        return self._get_spent(facts, own, question.planned)

    def _get_live_attempts(self, moves):
        """Return {move id: attempt} of the attempts that hold these invoices."""
        # Of no invoices nothing is asked, here and below: Odoo finds out only after it
        # has put the query together, and a form shows one invoice.
        if not moves:
            return {}
        lines = self.env["autopay.attempt.line"].search(
            [("move_id", "in", moves.ids), ("live", "=", True)]
        )
        return {line.move_id.id: line.attempt_id for line in lines}

    def _get_doubtful_payments(self, moves):
        """Return {move id: transaction} where an online payment may have been taken."""
        if not moves:
            return {}
        domain = self.env["payment.transaction"]._get_autopay_doubtful_domain()
        return self._get_payments(moves, domain)

    def _get_contradicted_attempts(self, moves):
        """Return {move id: attempt} that failed, and took money says its provider."""
        if not moves:
            return {}
        lines = self.env["autopay.attempt.line"].search(
            [
                ("move_id", "in", moves.ids),
                ("attempt_id.mismatch", "=", True),
                ("attempt_id.state", "in", UNCOLLECTED_STATES),
            ]
        )
        return {line.move_id.id: line.attempt_id for line in lines}

    def _get_pending_payments(self, moves):
        """Return {move id: transaction} of what somebody is paying in another way.

        A confirmed transaction counts until Odoo has booked it, one that was begun in a
        browser as long as the customer may still be confirming it there, any other
        until somebody says that it will not come.
        """
        if not moves:
            return {}
        transactions = self.env["payment.transaction"]
        begun = transactions._get_autopay_begun_domain()
        return self._get_payments(
            moves, transactions._get_autopay_awaited_domain() | begun
        )

    def _get_payments(self, moves, domain):
        """Return {move id: the last of its transactions that meet a domain}.

        What is waited for too long comes before what is not: a person is called for it.
        """
        if not moves:
            return {}
        transactions = self.env["payment.transaction"]
        own = transactions._get_autopay_for_domain(Domain("id", "in", moves.ids))
        found = {}
        for tx in transactions.search(own & domain, order="id"):
            for move in tx._get_autopay_moves():
                before = found.get(move.id, tx)
                if before._is_autopay_late(move) <= tx._is_autopay_late(move):
                    found[move.id] = tx
        return found
