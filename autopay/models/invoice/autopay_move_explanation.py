from odoo import api, fields, models

from ...rights import STAFF_GROUPS, check_staff
from ...words.disputes import get_inquiry_words

ANSWER_FIELDS = ("autopay_outcome", "autopay_response", "autopay_reversal_count")
BLOCKER_FIELDS = (
    "autopay_blocker",
    "autopay_explanation",
    "autopay_offers",
)


class AutopayMoveExplanation(models.Model):
    """Explains an invoice to staff; customers who read it see none of that.

    Banks forbid to tell a card holder that a card was reported stolen, for example.
    """

    _inherit = "account.move"

    autopay_outcome = fields.Text(
        string="Last Outcome",
        compute="_compute_autopay_response",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_response = fields.Text(
        compute="_compute_autopay_response",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="What the payment provider answered to the last charge.",
    )
    autopay_reversal_count = fields.Integer(
        compute="_compute_autopay_response",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_blocker = fields.Selection(
        lambda self: self.env["autopay.decision"]._get_blocker_selection(),
        compute="_compute_autopay_blocker",
        search="_search_autopay_blocker",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="Why the invoice would not be charged now; empty: it would.",
    )
    autopay_explanation = fields.Text(
        compute="_compute_autopay_blocker",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="Whether the invoice will be charged, when and with what, or why not.",
    )

    autopay_offers = fields.Char(
        compute="_compute_autopay_blocker",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="What people can do about the blocker, a word for each button, and how "
        "the invoice stands at this moment.",
    )
    autopay_trace = fields.Html(
        string="How the Payment Method Was Chosen",
        compute="_compute_autopay_trace",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        sanitize=False,
        help="Each payment rule of the customer, and what the invoice has where "
        "its conditions look.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "autopay_attempt_line_ids.attempt_id.response",
        "autopay_attempt_line_ids.attempt_id.reversal_ids.status",
    )
    def _compute_autopay_response(self):
        notification = self.env["autopay.notification"]
        self.update(dict.fromkeys(ANSWER_FIELDS, False))
        for move in self._filter_autopay_tried():
            attempts = move.autopay_attempt_line_ids.attempt_id
            last = attempts.sorted("id")[-1:]
            inquiries = attempts.reversal_ids.filtered(
                lambda reversal: reversal.finding == "inquiry"
            )
            outcome = notification._get_outcome(last, move)
            asked = get_inquiry_words(self.env, inquiries)
            move.autopay_outcome = f"{outcome} {asked}".strip()
            move.autopay_response = bool(last) and notification._get_response_text(last)
            move.autopay_reversal_count = len(attempts.reversal_ids)

    @api.depends_context("uid", "lang")
    # Odoo looks with each change of an invoice whether these are to be computed anew:
    # what changes along with another one, or by itself in parts only, is left out.
    @api.depends(
        "state",
        "payment_state",
        "autopay_status",
        "autopay_date",
        "autopay_date_source",
        "autopay_refunded",
        "autopay_open_confirmed_by_id",
        "autopay_waived_credit",
        "invoice_date_due",
        "autopay_token_id",
        "autopay_allowed_kinds",
        "autopay_hold_date",
        "autopay_customer_hold",
        "autopay_in_dispute",
        "autopay_retry_date",
        "autopay_approval_ids.state",
        "commercial_partner_id",
        "autopay_payer_id",
    )
    def _compute_autopay_blocker(self):
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        self.update(dict.fromkeys(BLOCKER_FIELDS, False))
        first = self.env["autopay.first.look"]
        blockers = first._look(invoices)
        status = self.env["autopay.status"]
        for move, blocker in blockers.items():
            move.autopay_blocker = blocker
            move.autopay_explanation = first._get_sentence(blocker)
            move.autopay_offers = status._get_word(move, blocker) or False
        self.env["autopay.at.posting"]._explain(
            invoices.filtered(lambda move: blockers.get(move) == "not_posted")
        )
        left = invoices.filtered(lambda move: move not in blockers)
        decisions = self.env["autopay.decision"]._decide(left)
        ruled = self.env["autopay.due"]._get_rule_dates(
            left.filtered(lambda move: move.autopay_date and move.state == "posted")
        )
        for move, decision in decisions.items():
            move._tell_autopay_decision(decision, ruled.get(move))

    def _tell_autopay_decision(self, decision, ruled_day):
        """Set what the fields of an invoice say that was decided about."""
        blocker = decision.blocker
        words = [decision.get_words(self.env)]
        table = self.env["autopay.decision"]._get_blocker_table()
        if self.autopay_date and _tells_date_source(table, blocker):
            words.append(self._get_autopay_date_words(decision.today, ruled_day))
            words.append(self.env["autopay.discount"]._get_words(decision))
        stands = self.env["autopay.status"]._get_word(self, blocker)
        self.autopay_blocker = blocker
        self.autopay_explanation = " ".join(filter(None, words))
        self.autopay_offers = " ".join(
            filter(None, (*self._get_autopay_offers(decision), stands))
        )

    @api.model
    def _search_autopay_blocker(self, operator, value):
        """Find invoices on autopay by why they were not to be charged.

        It is kept since they were last looked at: to decide about all that are open
        takes minutes.
        """
        # Odoo asks for the rights to a field only where its own column is searched.
        check_staff(self)
        if operator != "in":
            return NotImplemented
        return self._get_autopay_reason_domain(set(value))

    def _get_autopay_offers(self, decision):
        """Return the words of the buttons that a decision calls for, a hook.

        One field holds them all: Odoo looks at each field that depends on the ledger
        with each change of an entry, and twice, for bank statement lines have it too.
        """
        values = decision.values
        offers = {
            "keep_aside": values.get("reissued"),
            "apply_credit": values.get("can_apply"),
        }
        return [word for word, is_offered in offers.items() if is_offered]

    @api.depends_context("uid", "lang")
    def _compute_autopay_trace(self):
        is_whole = self.env["autopay.check"]._is_whole
        for move in self:
            traced = move.move_type == "out_invoice" and is_whole(move)
            move.autopay_trace = traced and self.env["ir.qweb"]._render(
                "autopay.autopay_trace", move._get_autopay_trace_values()
            )

    def _get_autopay_trace_values(self):
        """Return what the template of the trace takes, hook for other modules."""
        move = self._origin or self
        return {"trace": self.env["autopay.configuration.trace"]._get_trace(move)}

    # === BUSINESS METHODS === #

    def get_autopay_trace(self):
        """Return how the method of an invoice is chosen, for other programs.

        :return: a dict as of ``_get_trace`` of ``autopay.configuration.trace``, with
            *explanation*: whether it will be charged, or why not; dates are ISO texts
        :raises AccessError: when the user may not read it
        """
        self.ensure_one()
        check_staff(self)
        self.check_access("read")
        move = self.sudo()
        trace = move._get_autopay_trace_values()["trace"]
        for row in trace["configurations"]:
            for each in (row, *row["conditions"]):
                each["date"] = fields.Date.to_string(each["date"] or None) or False
        day = fields.Date.to_string(trace["day"] or None) or False
        return {**trace, "day": day, "explanation": move.autopay_explanation}


def _tells_date_source(table, blocker):
    """Return whether it matters where the autopay date comes from."""
    return not blocker or table[blocker].tells_date_source
