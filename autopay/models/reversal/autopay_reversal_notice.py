from markupsafe import Markup

from odoo import models

from ...const.reversal import ANSWERED_STATUSES, MONEY_GONE, REVOKING_RETURN_REASONS
from ...words.days import say_day
from ...words.reversals import (
    get_booked_words,
    get_lost_words,
    get_returned_advice,
)


class AutopayReversalNotice(models.AbstractModel):
    """Draws the consequences of money that went back: tells people, stops methods."""

    _name = "autopay.reversal.notice"
    _inherit = "autopay.notification"
    _description = "Notices about Refunds and Disputes"

    # === LEARNED === #

    def _on_new(self, reversal):
        """Stop charging where a bank or customer objects, and tell staff once."""
        if reversal._is_pausing():
            reversal.token_id._pause_autopay(self._get_pause_reason(reversal))
        if reversal.kind == "return" and reversal.reason in REVOKING_RETURN_REASONS:
            reversal.attempt_id.authorization_id._revoke(reversal.reason_text)
        self.env["autopay.notice.report"]._on_reversal(reversal)
        # A refund that opens its invoices is told there, once it is booked.
        booked_later = reversal.kind == "refund" and reversal.finding in MONEY_GONE
        if reversal.finding != "canceled" and not booked_later:
            self._alert_reversal(reversal)

    def _alert_reversal(self, reversal):
        """Call a person to a refund or dispute that nobody of ours has made."""
        if not reversal._is_made_in_odoo():
            summary, note = self._get_summary(reversal), self._get_note(reversal)
            self._alert(reversal, reversal.company_id, summary, note)
            self._set_reminders(reversal)

    def _on_change(self, reversal, known):
        """Close the alarm of what ended well; raise one for what begins to cost money.

        An inquiry that becomes a dispute has its words changed: one activity is enough.
        A method that was released in the course of a dispute stays released.

        :param str known: the finding until now
        """
        if reversal.finding in ("won", "canceled"):
            self._close(reversal)
            return
        self._log_lost(reversal, known)
        if self._show_lost(reversal):
            return
        if reversal._is_pausing() and reversal.finding in MONEY_GONE:
            if known not in MONEY_GONE:
                reversal.token_id._pause_autopay(self._get_pause_reason(reversal))
            summary, note = self._get_summary(reversal), self._get_note(reversal)
            self._alert(reversal, reversal.company_id, summary, note)
        if reversal.status in ANSWERED_STATUSES:
            # There is nothing to do before the bank has decided.
            self._close(reversal)
        self._set_reminders(reversal)

    def _close(self, reversal):
        """Close what calls a person, with what the provider says."""
        reversal.activity_feedback(
            ["autopay.mail_activity_type_attention"], feedback=reversal.status_text
        )

    def _set_reminders(self, reversal):
        """Have what calls a person due before the last day for an answer."""
        self.env["autopay.notice.report"]._on_deadline(reversal)
        day = reversal._get_reminder_day()
        reminders = reversal.activity_search(["autopay.mail_activity_type_attention"])
        reminders.filtered(
            lambda activity: reversal.is_to_answer and activity.date_deadline != day
        ).date_deadline = day

    def _get_pause_reason(self, reversal):
        return self.env._(
            "%(reversal)s of %(amount)s. %(reason)s",
            reversal=reversal._get_label(),
            amount=reversal.currency_id.format(reversal.amount),
            reason=reversal.reason_text,
        ).strip()

    def _get_summary(self, reversal):
        values = {
            "amount": reversal.currency_id.format(reversal.amount),
            "invoices": self._get_invoice_names(reversal),
        }
        summaries = {
            "refund": self.env._("%(amount)s of %(invoices)s was refunded", **values),
            "dispute": self.env._("%(amount)s of %(invoices)s is disputed", **values),
            "return": self.env._(
                "The bank returned %(amount)s of %(invoices)s", **values
            ),
        }
        if reversal.kind != "refund" and reversal.finding == "inquiry":
            return self.env._(
                "A bank inquires about %(amount)s of %(invoices)s", **values
            )
        return summaries[reversal.kind]

    def _get_note(self, reversal):
        sentences = [reversal.reason_text, reversal.status_text]
        if reversal.is_to_answer and reversal.respond_by_date:
            last = reversal._get_local_day(reversal.respond_by_date)
            sentences.append(
                self.env._("Respond by %(date)s.", date=say_day(self.env, last))
            )
        return " ".join(filter(None, sentences))

    def _get_invoice_names(self, reversal):
        return ", ".join(reversal.move_ids.mapped("display_name"))

    # === BOOKED === #

    def _on_booked(self, reversal):
        """Show on the invoices that they are open again, or paid again."""
        gone = reversal.finding in MONEY_GONE
        moves = reversal.move_ids
        is_open = moves.filtered(
            lambda move: move.state == "posted" and move._is_autopay_open()
        )
        if gone:
            self._show_open(reversal, is_open)
        else:
            self._show_settled(reversal, moves)
            self._show_paid(moves - is_open)
            self._show_going_on(is_open)
        self._log_on_invoices(reversal, get_booked_words(self.env, reversal))
        self.env["autopay.notice.event"]._on_reversal(reversal)

    def _log_lost(self, reversal, known):
        if reversal._is_lost_dispute() and known != reversal.finding:
            self._log_on_invoices(reversal, get_lost_words(self.env, reversal))

    def _show_lost(self, reversal):
        """Ask whether what a lost dispute took is still owed.

        :return: the invoices that it is asked about, empty when a person has decided,
            or when it is no such dispute
        """
        moves = reversal.move_ids
        if not reversal._is_lost_dispute() or not reversal._is_booked():
            return moves.browse()
        self._show_settled(reversal, moves)
        self.env["autopay.notice.event"]._on_reversal(reversal)
        is_open = moves.filtered(
            lambda move: move.state == "posted" and move._is_autopay_open()
        )
        if reversal.is_decided or not is_open:
            return moves.browse()
        # One person is called once: on the invoice.
        self._close(reversal)
        is_open._show_autopay_returned("refund")
        return is_open

    def _show_open(self, reversal, moves):
        if reversal._is_lost_dispute():
            self._show_lost(reversal)
        elif reversal.kind == "dispute":
            moves.autopay_in_dispute = True
        # An attempt that has the invoice in hand decides about it when it is over.
        held = moves.autopay_attempt_line_ids.filtered("live")
        held.money_returned = True
        shown = moves if reversal.kind == "refund" else moves - held.move_id
        shown._show_autopay_returned(reversal.kind)
        if reversal.kind == "refund" and not moves:
            self._alert_reversal(reversal)

    def _show_settled(self, reversal, moves):
        """Show that a dispute is over, also where something else is still open."""
        others = moves.autopay_attempt_ids.reversal_ids - reversal
        disputed = others.filtered(
            lambda rec: rec.kind == "dispute" and rec.finding == "gone"
        )
        if reversal.kind == "dispute" and not disputed:
            moves.autopay_in_dispute = False
            # They may have been paid in another way meanwhile.
            moves._update_autopay_settlement()

    def _show_paid(self, moves):
        failed = moves.filtered(lambda move: move.autopay_status == "error")
        failed.autopay_status = "success"

    def _show_going_on(self, moves):
        """Charge what is still to come of invoices whose money came back: parts, rests.

        Nothing of them has failed but the charge that is paid again.
        """
        for move in moves:
            last = move.autopay_attempt_ids.sorted("id")[-1:]
            is_held = move.autopay_in_dispute or move.autopay_refunded
            if move.autopay_status == "error" and last.booked_date and not is_held:
                move._show_autopay_open()

    def _log_on_invoices(self, reversal, sentence):
        link = reversal._get_html_link(title=reversal._get_label())
        body = Markup("<b>%s</b> %s") % (link, sentence)
        moves = reversal.move_ids
        moves._message_log_batch({move.id: body for move in moves})

    def _alert_refunded(self, move, day):
        """Ask a person whether a refunded invoice is still owed, once while it is open.

        :param date day: until when to say so
        """
        xml_id = "autopay.mail_activity_type_refund"
        amount = move.currency_id.format(move._get_autopay_refunded_amount())
        summary = self.env._("%(amount)s refunded: still owed?", amount=amount)
        if move._is_autopay_charged_back():
            summary = self.env._("%(amount)s charged back: still owed?", amount=amount)
        if asked := move.sudo().activity_search([xml_id]):
            # Another part went back since.
            asked.filtered(lambda rec: rec.summary != summary).summary = summary
            return
        move.sudo().activity_schedule(
            xml_id,
            date_deadline=day,
            summary=summary,
            note=get_returned_advice(self.env, True),
            user_id=move.company_id._get_autopay_called().id,
        )

    def _set_booking_error(self, reversal, error):
        """Keep why a reversal could not be booked and ask a person to mend it."""
        reversal.booking_error = str(error)
        summary = self.env._("Refund or dispute not booked")
        self._alert(reversal, reversal.company_id, summary, str(error))
