import json

from odoo import api, models

from ...words.declines.advice import get_staff_advice
from ..event.autopay_method_refusal import REMOVED


class AutopayRefusalNotice(models.AbstractModel):
    """Calls a person about refusals whose cause is ours, or that nobody knows.

    The tables of declines say which (``Rule.staff``); the gateway notes it in its
    answer.
    """

    _name = "autopay.refusal.notice"
    _inherit = "autopay.notification"
    _description = "Notices about Refusals"

    @api.model
    def _call_people(self, attempts):
        """Call the person in charge, once for each customer, method and code.

        :param attempts: those whose outcome is new
        """
        for attempt in attempts.filtered(self._needs_staff):
            if not self._was_told(attempt):
                self._alert_refusal(attempt)

    def _needs_staff(self, attempt):
        """Return whether a refusal asks for staff, and nobody is called about it yet.

        A method that was removed has a call of its own.
        """
        if attempt.state != "declined" or attempt.decline_code == REMOVED:
            return False
        said = json.loads(attempt.response or "{}")
        return isinstance(said, dict) and bool(said.get("staff"))

    def _was_told(self, attempt):
        """Return whether people were told of the same refusal of the method before."""
        return bool(
            attempt.search_count(
                [
                    ("id", "<", attempt.id),
                    ("token_id", "=", attempt.token_id.id),
                    ("partner_id", "=", attempt.partner_id.id),
                    ("company_id", "=", attempt.company_id.id),
                    ("state", "=", "declined"),
                    ("decline_code", "=", attempt.decline_code),
                ],
                limit=1,
            )
        )

    def _alert_refusal(self, attempt):
        summary = self.env._(
            "Look into the refusal of %(method)s (%(code)s)",
            method=attempt.token_id._get_autopay_label(),
            code=attempt.decline_code or attempt.decline_class,
        )
        sentences = [
            f"{', '.join(attempt.move_ids.mapped('display_name'))} ({attempt.name}): "
            f"{attempt.explanation}",
            attempt.message or "",
            get_staff_advice(self.env, attempt.decline_code, attempt.decline_class),
        ]
        note = "\n".join(filter(None, sentences))
        self._alert(
            attempt.partner_id,
            attempt.company_id,
            summary,
            note,
            _get_wait(attempt),
        )

    @api.model
    def _close_settled(self, moves):
        """Close what called a person to invoices that failed and are settled.

        :param moves: the ``account.move``, of which nothing is open
        """
        feedback = self.env._("The invoice was settled without autopay.")
        self._close_set_aside(moves, feedback)
        attempts = moves.sudo().autopay_attempt_ids
        names = [_get_wait(attempt) for attempt in attempts]
        calls = attempts.partner_id.activity_ids.filtered(
            lambda call: call.autopay_wait in names
        )
        calls.action_feedback(feedback)
        back = attempts.reversal_ids.filtered(lambda rec: rec.kind != "dispute")
        back.activity_feedback(
            ["autopay.mail_activity_type_attention"], feedback=feedback
        )


def _get_wait(attempt):
    """Return the name under which a call about a refusal is found."""
    return f"refusal:{attempt.id}"
