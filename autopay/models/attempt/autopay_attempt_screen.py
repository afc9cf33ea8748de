from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const.attempt import ACTIVE_STATES, FOLLOW_UPS, SHOWN_STATES
from ...const.invoice import UNPAID_STATES
from ...rights import check_billing
from ...words.amounts import format_amount
from ...words.declines.advice import get_decline_labels


class AutopayAttemptScreen(models.AbstractModel):
    """Charges as people look at them: what became of one, and what can be done now."""

    _name = "autopay.attempt.screen"
    _inherit = "autopay.group.heading"
    _description = "Charges as People See Them"
    _autopay_heading_field = "decline_code"

    title = fields.Char(compute="_compute_title", compute_sudo=True)
    shown_state = fields.Selection(
        SHOWN_STATES, string="Status", compute="_compute_shown_state"
    )
    reason = fields.Char(
        compute="_compute_reason",
        compute_sudo=True,
        help="Why it was not collected, or what became of the money since.",
    )
    invoice_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    sibling_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    follow_up = fields.Selection(
        FOLLOW_UPS,
        string="What Follows",
        compute="_compute_follow_up",
        search="_search_follow_up",
        compute_sudo=True,
        help="Of the last charge of an invoice that is still open: whether it is "
        "retried automatically. Empty for all others.",
    )
    next_try_date = fields.Date(
        string="Next Try", compute="_compute_follow_up", compute_sudo=True
    )
    needs_method = fields.Boolean(compute="_compute_needs_method", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("amount", "partner_id", "shown_state")
    @api.depends_context("lang")
    def _compute_title(self):
        labels = dict(self._fields["shown_state"]._description_selection(self.env))
        for attempt in self:
            parts = (
                attempt.currency_id
                and format_amount(self.env, attempt.currency_id, attempt.amount),
                attempt.partner_id.display_name,
                labels.get(attempt.shown_state),
            )
            attempt.title = " – ".join(filter(None, parts))

    @api.depends("name", "amount", "currency_id", "partner_id")
    def _compute_display_name(self):
        """Override of `base`: a link says whom it charged what, besides the number."""
        for attempt in self:
            parts = (
                attempt.name,
                attempt.currency_id
                and format_amount(self.env, attempt.currency_id, attempt.amount),
                attempt.sudo().partner_id.name,
            )
            attempt.display_name = " – ".join(filter(None, parts))

    @api.depends("state")
    def _compute_shown_state(self):
        for attempt in self:
            active = attempt.state in ACTIVE_STATES
            attempt.shown_state = "in_progress" if active else attempt.state

    @api.depends("explanation")
    def _compute_reason(self):
        for attempt in self:
            plain = attempt.state == "succeeded" and not (
                attempt.booking_error or attempt.returned_amount
            )
            attempt.reason = not plain and " ".join((attempt.explanation or "").split())

    @api.depends("line_ids.move_id")
    def _compute_counts(self):
        for attempt in self:
            attempt.invoice_count = len(attempt.line_ids.move_id)
            attempt.sibling_count = len(attempt._get_siblings())

    @api.depends("state", "line_ids.move_id.autopay_retry_date")
    def _compute_follow_up(self):
        dates = self._find_followed(Domain("id", "in", self._origin.ids))
        for attempt in self:
            followed = attempt._origin.id in dates
            day = dates.get(attempt._origin.id)
            attempt.follow_up = followed and ("retry" if day else "none")
            attempt.next_try_date = day

    def _search_follow_up(self, operator, value):
        if operator != "in":
            return NotImplemented
        dates = self._find_followed(Domain.TRUE)
        wanted = {"retry": True, "none": False}
        flags = {wanted[each] for each in value if each in wanted}
        found = [each for each, day in dates.items() if bool(day) in flags]
        domain = Domain("id", "in", found)
        return (
            domain | Domain("id", "not in", list(dates)) if False in value else domain
        )

    @api.depends("follow_up")
    def _compute_needs_method(self):
        for attempt in self:
            failed = attempt.follow_up and attempt._get_failed_moves()
            attempt.needs_method = failed and failed == failed._filter_needing_method()

    def _get_autopay_headings(self, codes):
        return get_decline_labels(self.env, codes)

    # === ACTION METHODS === #

    def action_check_now(self):
        """Ask the provider about these attempts right away, and say what it answers.

        :return: a client action that shows it
        """
        check_billing(self)
        self.check_access("read")
        self.company_id._check_autopay_home()
        before = {attempt: attempt._get_known_facts() for attempt in self.sudo()}
        self.sudo()._check_soon()
        self.env["autopay.resolver"].sudo()._resolve(self.sudo())
        return self._show_answers(before)

    def action_retry(self):
        """Have the invoices of a failed charge charged again at the next run.

        :raises UserError: when none of them can be
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        moves = self._get_failed_moves().sudo(False)
        if not moves:
            raise UserError(self.env._("There is nothing to retry any more."))
        action = moves.action_autopay_make_eligible()
        return action or self._notify_user("success", moves[:1].autopay_explanation)

    def action_request_method(self):
        """Show the request for another payment method to the customer."""
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        return self.partner_id.action_autopay_request_method()

    def action_view_payment(self):
        """Open the payment that books this charge."""
        self.ensure_one()
        self.check_access("read")
        return self.payment_id._get_records_action()

    def action_view_customer(self):
        """Open the customer who was charged."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action()

    def action_view_siblings(self):
        """Open the other charges of the same invoices."""
        self.ensure_one()
        self.check_access("read")
        xml_id = "autopay.autopay_attempt_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        domain = [("id", "in", self._get_siblings().ids)]
        return {**action, "domain": domain, "context": {}}

    # === BUSINESS METHODS === #

    def _get_siblings(self):
        """Return the other charges of the same invoices."""
        lines = self.line_ids.move_id.sudo().autopay_attempt_line_ids
        return (lines.attempt_id - self._origin).with_env(self.env)

    def _get_failed_moves(self):
        """Return the invoices that this charge was the last to fail for."""
        return self.sudo().line_ids.move_id.filtered(
            lambda move: (
                move.autopay_status == "error"
                and move.payment_state in UNPAID_STATES
                and not move.autopay_refunded
                and not move.autopay_in_dispute
            )
        )

    def _find_followed(self, domain):
        """Return {id of the last charge of a failed invoice: day of its next try}.

        :param domain: which charges are asked about
        """
        attempts = self.env["autopay.attempt"].sudo()
        attempts.flush_model()
        self.env["autopay.attempt.line"].flush_model()
        self.env["account.move"].flush_model()
        asked = attempts._search(domain & Domain("state", "=", "declined"))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.attempt_id, MIN(move.autopay_retry_date)
                  FROM account_move move
                  JOIN autopay_attempt_line line ON line.move_id = move.id
                 WHERE move.autopay_status = 'error'
                   AND move.payment_state IN %s
                   AND move.autopay_refunded IS NOT TRUE
                   AND move.autopay_in_dispute IS NOT TRUE
                   AND line.attempt_id IN %s
                   AND NOT EXISTS (
                       SELECT 1
                         FROM autopay_attempt_line later
                        WHERE later.move_id = line.move_id
                          AND later.attempt_id > line.attempt_id
                   )
              GROUP BY line.attempt_id
                """,
                UNPAID_STATES,
                asked.subselect(),
            )
        )
        return dict(rows)

    # === ANSWERS === #

    def _show_answers(self, before):
        """Return the client action that tells what a provider said just now.

        :param dict before: what was known of each attempt
        """
        attempts = self.sudo()
        silent = attempts.filtered(
            lambda rec: rec.can_ask and rec._get_known_facts() == before[rec]
        )
        words = [attempt._get_answer_words(attempt in silent) for attempt in attempts]
        kind = "warning" if silent else "success"
        return self._notify_user(kind, "\n".join(dict.fromkeys(words)))

    def _get_known_facts(self):
        """Return what an answer of the provider changes."""
        return self.state, self.answered_date, self.booked_date

    def _get_answer_words(self, is_silent):
        provider = self.provider_id.name
        if is_silent and self.next_check_date:
            return self.env._(
                "%(provider)s could not be reached, or does not know yet. It is "
                "checked again automatically.",
                provider=provider,
            )
        if not self.can_ask:
            return self.explanation
        return self.env._(
            "%(provider)s has answered. %(sentence)s",
            provider=provider,
            sentence=self.explanation,
        )

    def _notify_user(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
