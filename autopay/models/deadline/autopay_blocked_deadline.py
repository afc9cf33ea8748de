from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import models
from odoo.fields import Domain
from odoo.tools import split_every

from ... import const
from ...const.deadline import DISCOUNT_DAYS
from ...const.invoice import UNPAID_STATES
from ...schedules.days import shift
from .call import Call

# Invoices that the note of a call names.
NAMED_INVOICES = 10


class AutopayBlockedDeadline(models.AbstractModel):
    """Calls a person about due invoices that cannot be collected.

    One call tells of all invoices that a customer has for the same reason: it counts
    them, and ends when they are collected or the reason is gone.
    """

    _name = "autopay.blocked.deadline"
    _description = "Deadlines of Blocked Invoices"

    def _find_blocked(self):
        """Return calls about due invoices that are blocked for too long.

        Reasons last for days: the invoices are looked at once a day.

        :return: None when that was done today
        """
        companies = self._get_enabled()
        days = {company: company._get_autopay_today() for company in companies}
        if all(each.autopay_blocked_date == day for each, day in days.items()):
            self._apply(self._end, self._find_paid_up())
            return None if companies else []
        calls = []
        for company, today in days.items():
            late = self._get_blocked_too_long(company, today)
            for (payer, blocker), decisions in late.items():
                calls.append(self._get_blocked_call(payer, company, blocker, decisions))
        return calls

    def _find_paid_up(self):
        """Return the calls about customers of whom nothing is waited for any more."""
        told = self._get_activities("blocked", [("active", "=", True)])
        if not told:
            return told
        domain = Domain("commercial_partner_id", "in", told.mapped("res_id"))
        domain &= Domain("state", "=", "posted") & self._get_held_up_domain()
        moves = self.env["account.move"].sudo()
        groups = moves._read_group(domain, ["commercial_partner_id", "company_id"])
        waiting = {(payer.id, str(company.id)) for payer, company in groups}
        return told.filtered(
            lambda call: (call.res_id, call.autopay_wait.split(":")[1]) not in waiting
        )

    def _get_held_up_domain(self):
        """Return the invoices on autopay of which something is open."""
        return Domain(
            [
                ("payment_state", "in", (*UNPAID_STATES, "blocked")),
                "|",
                ("autopay_status", "in", ("eligible", "error")),
                ("autopay_refunded", "=", True),
            ]
        )

    def _set_blocked_date(self, companies):
        """Note that people were called today; another process may note it as well."""
        for company in companies:
            today = company._get_autopay_today()
            if company.autopay_blocked_date != today:
                company.autopay_blocked_date = today

    def _get_blocked_too_long(self, company, today):
        """Return {(customer, reason): decisions} of what cannot be collected."""
        domain = self._get_unpaid_domain(company) & self._get_held_up_domain()
        # Invoices that kill processes must not even be looked at.
        limit = const.engine.CRASHES_BEFORE_SET_ASIDE
        domain &= Domain("autopay_crash_count", "<", limit)
        yesterday = today - timedelta(days=1)
        undated = Domain("autopay_date", "=", False)
        due = Domain("autopay_date", "<=", yesterday) | undated
        # A discount is lost when a person hears of it on the day after its last.
        due |= Domain("invoice_payment_term_id.early_discount", "=", True) & Domain(
            "autopay_date", "<=", yesterday + timedelta(days=DISCOUNT_DAYS)
        )
        moves = self.env["account.move"].with_company(company)
        late = defaultdict(list)
        told = self.env["payment.provider"]._get_autopay_archive_told()
        for ids in split_every(500, moves.search(domain & due).ids, list):
            decide = self.env["autopay.decision"]._decide_safely
            decisions = decide(moves.browse(ids))
            for move, decision in decisions.items():
                # Of all customers of a disabled provider one person was told at once.
                method = decision.token.sudo()
                if method.autopay_archived_mode and method.provider_id.id in told:
                    continue
                if self._is_blocked_too_long(decision, today):
                    key = (move.commercial_partner_id, decision.blocker)
                    late[key].append(decision)
        return late

    def _is_blocked_too_long(self, decision, today):
        if not decision.blocker:
            return False
        reason = self.env["autopay.decision"]._get_blocker_table()[decision.blocker]
        if reason.days is None:
            return False
        move = decision.move
        since = move.autopay_date or move.invoice_date
        if reason.since_return:
            events = move.autopay_attempt_ids.reversal_ids.mapped("event_date")
            since = max([since, *(event.date() for event in events)])
        early = DISCOUNT_DAYS if decision.discount else 0
        return shift(since, reason.days - early) <= today

    def _get_blocked_call(self, payer, company, blocker, decisions):
        """Return one call for all invoices that a customer has for one reason."""
        moves = [decision.move for decision in decisions]
        summary = self.env._(
            "Cannot be collected: %(invoices)s",
            invoices=self._get_sum_words(moves),
        )
        rows = [
            (decision.move, decision.get_words(self.env))
            for decision in decisions[:NAMED_INVOICES]
        ]
        note = self._list_moves(rows) + self._get_list_link(payer)
        return Call(payer, company, summary, note, reason=blocker)

    def _get_list_link(self, payer):
        """Return a link to the invoices of a customer that are not collected yet."""
        return Markup('<p><a href="/odoo/res.partner/%s/%s">%s</a></p>') % (
            payer.id,
            "autopay-open-invoices",
            self.env._("Open the list of invoices"),
        )
