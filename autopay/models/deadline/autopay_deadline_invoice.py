from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ... import const
from ...const.invoice import UNPAID_STATES
from .call import Call

# Days for which a new method is a reason to look at failed invoices again.
NEW_METHOD_DAYS = 30
# Invoices that the note of a call names.
NAMED_INVOICES = 10


class AutopayDeadlineInvoice(models.AbstractModel):
    """Finds the customers whose due invoices cannot be collected: one call for each."""

    _name = "autopay.deadline.invoice"
    _description = "Deadline of Blocked Invoices"

    # === BLOCKED === #

    def _find_blocked(self):
        """Return calls about due invoices that are blocked for too long.

        Reasons last for days: the invoices are looked at once a day.

        :return: None when that was done today
        """
        companies = self.env["res.company"].search([("autopay_enabled", "=", True)])
        days = {company: company._get_autopay_today() for company in companies}
        if all(each.autopay_blocked_date == day for each, day in days.items()):
            return None if companies else []
        calls = []
        for company, today in days.items():
            late = self._get_blocked_too_long(company, today)
            company.autopay_blocked_date = today
            for payer, decisions in late.items():
                calls.append(self._get_blocked_call(payer, company, decisions))
        return calls

    def _get_blocked_too_long(self, company, today):
        """Return {customer: decisions} of the invoices that cannot be collected."""
        domain = self._get_unpaid_domain(company) & Domain(
            [
                ("payment_state", "in", (*UNPAID_STATES, "blocked")),
                "|",
                ("autopay_status", "in", ("eligible", "error")),
                ("autopay_refunded", "=", True),
                # Invoices that kill processes must not even be looked at.
                ("autopay_crash_count", "<", const.engine.CRASHES_BEFORE_SET_ASIDE),
            ]
        )
        yesterday = today - timedelta(days=1)
        undated = Domain("autopay_date", "=", False)
        due = Domain("autopay_date", "<=", yesterday) | undated
        moves = self.env["account.move"].with_company(company)
        late = defaultdict(list)
        for ids in split_every(500, moves.search(domain & due).ids, list):
            decide = self.env["autopay.decision"]._decide_safely
            decisions = decide(moves.browse(ids))
            for move, decision in decisions.items():
                if self._is_blocked_too_long(decision, today):
                    late[move.commercial_partner_id].append(decision)
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
        return since + timedelta(days=reason.days) <= today

    def _get_blocked_call(self, payer, company, decisions):
        moves = [decision.move for decision in decisions]
        summary = self.env._(
            "Cannot be collected: %(invoices)s",
            invoices=self._get_sum_words(moves),
        )
        rows = [
            (decision.move, decision.get_words(self.env))
            for decision in decisions[:NAMED_INVOICES]
        ]
        return Call(payer, company, summary, self._list_moves(rows))

    # === A NEW METHOD FOR WHAT HAS FAILED === #

    def _find_new_methods(self):
        """Return calls about failed invoices whose customers have another method now.

        Nothing is charged because of it: a person decides, and retries them.
        """
        since = fields.Datetime.now() - timedelta(days=NEW_METHOD_DAYS)
        news = self._get_new_methods(since)
        payers = defaultdict(self.env["res.partner"].browse)
        for payer, company in news:
            payers[company] |= payer
        calls = []
        for company, customers in payers.items():
            failed = customers._get_autopay_failed_moves(company)
            for payer, moves in failed.grouped("commercial_partner_id").items():
                methods = news[payer, company]
                retriable = [each for each in moves if self._is_answered(each, methods)]
                if retriable:
                    calls.append(
                        self._get_method_call(payer, company, retriable, methods)
                    )
        return calls

    def _get_new_methods(self, since):
        """Return {(customer, company): {method: moment}} of what is new and usable."""
        enabled = [("company_id.autopay_enabled", "=", True)]
        home = self.env["res.company"]._get_autopay_home_domain()
        found = defaultdict(dict)
        tokens = self.env["payment.token"].search(
            [*enabled, *home, ("create_date", ">=", since)]
        )
        for token in tokens:
            payer = token.partner_id.commercial_partner_id
            found[payer, token.company_id][token] = token.create_date
        consents = self.env["autopay.authorization"].search(
            [*enabled, *home, ("date", ">=", since), ("revoked_date", "=", False)],
            order="id",
        )
        for consent in consents.filtered("token_id.active"):
            found[consent.partner_id, consent.company_id][consent.token_id] = (
                consent.date
            )
        return found

    def _is_answered(self, move, news):
        """Return whether a method is newer than the failure of an invoice."""
        last = move.autopay_attempt_ids.sorted("id")[-1:]
        failed = last.outcome_date
        return bool(failed) and any(moment >= failed for moment in news.values())

    def _get_method_call(self, payer, company, moves, news):
        newest = max(news, key=news.get)
        summary = self.env._(
            "%(customer)s has a new payment method, %(method)s: retry %(invoices)s",
            customer=payer.display_name,
            method=newest._get_autopay_label(),
            invoices=self._get_sum_words(moves),
        )
        advice = self.env._(
            "If the customer has agreed to it, set up autopay with it and press Retry "
            "Failed Invoices on the customer. Nothing is charged by itself."
        )
        rows = [(move, move.autopay_outcome) for move in moves[:NAMED_INVOICES]]
        note = Markup("<p>%s</p>%s") % (advice, self._list_moves(rows))
        return Call(payer, company, summary, note)

    # === WORDS === #

    def _get_unpaid_domain(self, company):
        return Domain(
            [
                ("company_id", "=", company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
            ]
        ) & Domain(self.env["res.company"]._get_autopay_home_domain())

    def _get_sum_words(self, moves):
        """Return how many invoices these are, and their sum in each currency."""
        sums = defaultdict(float)
        for move in moves:
            sums[move.currency_id] += move.amount_residual
        total = " + ".join(currency.format(value) for currency, value in sums.items())
        if len(moves) == 1:
            return f"{moves[0].name}, {total}"
        return self.env._("%(count)s invoices, %(sum)s", count=len(moves), sum=total)

    def _list_moves(self, rows):
        """Return invoices as a list in HTML, each with a sentence."""
        items = [
            Markup("<li>%s: %s</li>") % (move._get_html_link(title=move.name), words)
            for move, words in rows
        ]
        return Markup("<ul>%s</ul>") % Markup("").join(items)
