from dataclasses import dataclass

from odoo import api, models

from ... import const
from ...words.invoices.blockers import BLOCKER_SENTENCES
from ..configuration.choice import Choice
from ..guard.autopay_guard import IDLE_STATUSES
from .facts import Decision

# Reasons not to charge that are on the company, the customer and the invoice itself.
KNOWN_CHECKS = {
    "database_neutralized",
    "database_copied",
    "company_off",
    "customer_off",
    "customer_archived",
    "not_posted",
    "nothing_due",
    "set_aside",
    "not_eligible",
}
# Likewise, but the words about it take more.
WORDY_CHECKS = {"payment_blocked"}
# Reasons that are on an attempt: none holds for an invoice that no attempt holds.
HELD_CHECKS = {
    "being_charged",
    "outcome_unknown",
    "debit_pending",
    "needs_authentication",
    "not_booked",
}


@dataclass(frozen=True, slots=True)
class FewFacts:
    """Facts known of a company without looking anything up, see ``Facts``."""

    company: models.Model
    neutralized: bool
    copied: bool


class AutopayFirstLook(models.AbstractModel):
    """Says of most invoices why they are not charged, without a query.

    Lists and forms show ordinary invoices, also where Autopay is off or was never on,
    and a form asks again with each price that is typed.
    """

    _name = "autopay.first.look"
    _inherit = "autopay.check"
    _description = "First Look at Invoices"

    @api.model
    def _get_blockers(self, moves):
        """Return {move: code of ``const.BLOCKERS``}, as ``_decide`` would find.

        Invoices that have to be decided about in earnest are left out.
        """
        neutralized = self.env["autopay.run"]._is_database_neutralized()
        blockers = {}
        for company, company_moves in moves.grouped("company_id").items():
            copied = bool(company) and company._is_autopay_copied()
            facts = FewFacts(company, neutralized, copied)
            if company.autopay_enabled:
                company_moves.commercial_partner_id._read_for_autopay(company)
            for move in company_moves:
                if blocker := self._get_blocker(move, facts):
                    blockers[move] = blocker
        return blockers

    @api.model
    def _get_sentence(self, blocker):
        """Return a blocker that was found here in words."""
        return self.env._(BLOCKER_SENTENCES[blocker])

    def _get_blocker(self, move, facts):
        """Return the first of the checks that holds; False when that is not known."""
        if not self._is_whole(move):
            # Nobody could post it yet.
            return "not_posted"
        decision = self._prepare_decision(move)
        for code in self._get_codes(move):
            if getattr(self, f"_is_{code}")(decision, facts):
                return code in KNOWN_CHECKS and code
        return False

    def _get_codes(self, move):
        """Return the checks, in their order, up to the first that asks for more."""
        passed = HELD_CHECKS if move.autopay_status in IDLE_STATUSES else set()
        codes = []
        for code, _label in const.decision.BLOCKERS:
            if code in KNOWN_CHECKS | WORDY_CHECKS:
                codes.append(code)
            elif code not in passed:
                break
        return codes

    def _prepare_decision(self, move):
        nothing = self.env["autopay.configuration"]
        choice = Choice(self.env["payment.token"], nothing, "none", nothing)
        due = move._get_autopay_amount()
        return Decision(move, choice, self.env["autopay.authorization"], due, due)
