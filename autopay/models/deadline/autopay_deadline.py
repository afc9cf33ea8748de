import logging
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...const.deadline import (
    APPROVAL_WAITS,
    ATTEMPT_WAITS,
    EVENT_WAITS,
    PAYMENT_WAITS,
    REMIND_DAYS,
    REVERSAL_WAITS,
)
from .call import Call

_logger = logging.getLogger(__name__)

ATTENTION = "autopay.mail_activity_type_attention"

# Kinds of things that wait, and the methods that find those that wait for too long.
FINDERS = {
    "engine": "_find_silent_engines",
    "attempt": "_find_attempts",
    "payment": "_find_payments",
    "reversal": "_find_reversals",
    "approval": "_find_approvals",
    "event": "_find_events",
    "request": "_find_requests",
    "method": "_find_new_methods",
    "blocked": "_find_blocked",
}


# Days for which a new method is a reason to look at failed invoices again.
NEW_METHOD_DAYS = 30

# Invoices that the note of a call names.
NAMED_INVOICES = 10


class AutopayDeadline(models.AbstractModel):
    """Calls a person about what waits for too long, and ends the call with the waiting.

    Every thing has one call at most. Who marks it done is called again after a week if
    the thing still waits. The times are those of :mod:`deadlines`.
    """

    _name = "autopay.deadline"
    _inherit = [
        "autopay.stage",
        "autopay.blocked.deadline",
        "autopay.engine.deadline",
        "autopay.request.deadline",
    ]
    _description = "Autopay Deadline"

    @api.model
    def _call_people(self):
        """Look at everything that waits; safe to repeat, commits what it did."""
        if not self.env["res.company"]._is_autopay_known_anywhere():
            # Nothing of ours can wait where Autopay never was on.
            return
        for kind, finder in FINDERS.items():
            try:
                calls = getattr(self, finder)()
            except Exception:
                # One kind that cannot be searched must not silence the others.
                self.env.cr.rollback()
                _logger.exception("What waits for too long was not found: %s.", kind)
                continue
            if calls is None:
                continue
            self._sync(kind, calls)
            if kind == "blocked":
                self._apply(self._set_blocked_date, self._get_enabled())

    # === CALLS === #

    def _sync(self, kind, calls):
        """Open the calls that are missing, mend their words, close what is over.

        The key of a call (``mail.activity.autopay_wait``) is its kind and company, and
        a reason where a record can have several.

        :param list calls: the calls about all the records that wait
        """
        wanted = {(call.record.id, call.get_key(kind)): call for call in calls}
        told = self._get_activities(kind, [("active", "=", True)])
        over = told.filtered(lambda activity: _key(activity) not in wanted)
        self._apply(self._end, over)
        self._apply(self._mend, told - over, wanted)
        since = fields.Date.today() - timedelta(days=REMIND_DAYS)
        rested = self._get_activities(
            kind, [("active", "=", False), ("date_done", ">=", since)]
        )
        known = {_key(activity) for activity in told | rested}
        for key in wanted.keys() - known:
            self._apply(self._call, wanted[key].record, key[1], wanted[key])

    def _get_activities(self, kind, domain):
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        return activities.search([("autopay_wait", "=like", f"{kind}:%"), *domain])

    def _call(self, record, key, call):
        """Give the person in charge an activity."""
        record.sudo().activity_schedule(
            ATTENTION,
            summary=call.summary,
            note=call.note,
            user_id=call.company._get_autopay_called().id,
            autopay_wait=key,
        )

    def _mend(self, activities, wanted):
        """Keep what the calls say up to date."""
        for activity in activities:
            call = wanted[_key(activity)]
            if activity.summary != call.summary:
                activity.write({"summary": call.summary, "note": call.note})

    def _end(self, activities):
        """Close calls about what does not wait any more."""
        activities.action_feedback(feedback=self.env._("This has ended."))

    def _get_call(self, record, wait, company, **values):
        """Return a call about a record that waits by a row of the tables."""
        summary = self.env._(
            "Waiting for too long for %(awaited)s: %(what)s",
            awaited=self.env._(wait.awaits),
            what=" ".join(value for value in values.values() if value),
        )
        return Call(record, company, summary, plaintext2html(self.env._(wait.advice)))

    # === WHAT WAITS === #

    def _find_attempts(self):
        """Return calls about charges that hold their invoices for too long."""
        return [
            self._get_call(
                attempt,
                ATTEMPT_WAITS[attempt.state],
                attempt.company_id,
                amount=attempt.currency_id.format(attempt.amount),
                invoices=", ".join(attempt.move_ids.mapped("display_name")),
            )
            for attempt in self.env["autopay.attempt"]._find_late()
        ]

    def _find_payments(self):
        """Return calls about invoices that wait for another payment for too long."""
        late = self.env["payment.transaction"]._find_autopay_late()
        return [
            self._get_call(
                move,
                PAYMENT_WAITS[payment._get_autopay_wait()],
                move.company_id,
                amount=payment.currency_id.format(payment.amount),
                payment=f"({payment.reference})",
            )
            for move, payment in late.items()
        ]

    def _find_reversals(self):
        """Return calls about money that goes back and comes to no end."""
        followed = REVERSAL_WAITS["booked"]
        refund = Domain("kind", "=", "refund") & Domain("status", "!=", "succeeded")
        late = (
            Domain("state", "=", "open") & self._get_late(REVERSAL_WAITS["open"])
        ) | (
            Domain("state", "in", ("booked", "inquiry"))
            & Domain("next_check_date", "!=", False)
            & (
                (refund & self._get_late(followed))
                | (
                    Domain("kind", "!=", "refund")
                    & Domain("event_date", "<=", self._ago(followed.longer_hours))
                )
            )
        )
        return [
            self._get_call(
                reversal,
                REVERSAL_WAITS[reversal.state],
                reversal.company_id,
                amount=reversal.currency_id.format(reversal.amount),
                name=reversal._get_label(),
            )
            for reversal in self._search_home("autopay.reversal", late)
        ]

    def _find_approvals(self):
        """Return calls about charges that are due and that nobody has approved."""
        wait = APPROVAL_WAITS["waiting"]
        late = Domain("state", "=", "waiting") & self._get_late(wait)
        due = Domain("move_id.autopay_date", "<=", fields.Date.today())
        return [
            self._get_call(
                approval,
                wait,
                approval.company_id,
                amount=approval.currency_id.format(approval.amount),
                invoice=approval.move_id.display_name,
            )
            for approval in self._search_home("autopay.approval", late & due)
        ]

    def _find_events(self):
        """Return calls about the oldest messages that nobody has processed."""
        wait = EVENT_WAITS["received"]
        late = Domain("state", "=", "received") & self._get_late(wait)
        found = self._search_home("autopay.event", late).sorted("id")
        firsts = [events[0] for events in found.grouped("company_id").values()]
        return [
            self._get_call(event, wait, event.company_id, what=event.name)
            for event in firsts
        ]

    def _search_home(self, model, domain):
        """Return the records that this database looks after."""
        return self.env[model].search(
            domain & Domain(self.env["res.company"]._get_autopay_home_domain())
        )

    def _get_enabled(self):
        return self.env["res.company"].search([("autopay_enabled", "=", True)])

    def _get_late(self, wait):
        return Domain(wait.since, "<=", self._ago(wait.hours))

    def _ago(self, hours):
        return fields.Datetime.now() - timedelta(hours=hours)

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
            "If the customer has agreed to it, set up autopay with it and press "
            "Retry Failed Invoices on the customer. Nothing is charged "
            "automatically."
        )
        rows = [(move, move.autopay_outcome) for move in moves[:NAMED_INVOICES]]
        note = Markup("<p>%s</p>%s") % (advice, self._list_moves(rows))
        return Call(payer, company, summary, note)

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


def _key(activity):
    """Return what tells the call of an activity from others of its kind."""
    return (activity.res_id, activity.autopay_wait)
