from dataclasses import dataclass

from odoo import api, models

from ..configuration.choice import Choice
from ..guard.autopay_move_guard import IDLE_STATUSES
from .facts import Decision


@dataclass(frozen=True, slots=True)
class FewFacts:
    """Facts known of a company without looking anything up, see ``Facts``."""

    company: models.Model
    neutralized: bool
    copied: bool
    as_if_on: bool = False


class AutopayFirstLook(models.AbstractModel):
    """Says of most invoices why they are not charged, without a query.

    Lists and forms show ordinary invoices, also where Autopay is off or was never on,
    and a form asks again with each price that is typed.
    """

    _name = "autopay.first.look"
    _inherit = "autopay.check"
    _description = "First Look at Invoices"

    @api.model
    def _look(self, moves):
        """Return {move: code of a ``Blocker``}, as ``_decide`` would find.

        Invoices that have to be decided about in earnest are left out.
        """
        neutralized = self.env["res.company"]._is_autopay_neutralized()
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
        table = self.env["autopay.decision"]._get_blocker_table()
        return self.env._(table[blocker].sentence)

    def _get_blocker(self, move, facts):
        """Return the first of the checks that holds; False when that is not known."""
        if not self._is_whole(move):
            # Nobody could post it yet.
            return "not_posted"
        decision = self._prepare_decision(move)
        table = self.env["autopay.decision"]._get_blocker_table()
        idle = move.autopay_status in IDLE_STATUSES
        for code in table.first_look_codes[idle]:
            if getattr(self, f"_is_{code}")(decision, facts):
                return table[code].first_look == "known" and code
        return False

    def _prepare_decision(self, move):
        nothing = self.env["autopay.configuration"]
        choice = Choice(self.env["payment.token"], nothing, "none", nothing)
        due = move._get_autopay_amount()
        return Decision(move, choice, self.env["autopay.authorization"], due, due)
