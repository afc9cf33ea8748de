import json
import logging

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.tools import plaintext2html

from ...words.amounts import format_amount
from ...words.declines.advice import get_decline_sentence
from ...words.providers import get_stop_sentence
from ...words.reversals import get_returned_words

_logger = logging.getLogger(__name__)

# Models of which one record is looked at in the place of all.
COMMON_ALARMS = ("autopay.run", "autopay.method.setup", "autopay.notice")

# Names of alarms that are closed by themselves.
SET_ASIDE = "set_aside"
LOST_METHOD = "lost_method"


class AutopayNotification(models.AbstractModel):
    """Says who is told what; decides nothing."""

    _name = "autopay.notification"
    _description = "Autopay Notification"

    # === WORDS === #

    @api.model
    def _get_attempt_sentence(self, attempt):
        """Return what became of an attempt, in a sentence for staff."""
        values = {
            "amount": format_amount(self.env, attempt.currency_id, attempt.amount),
            "method": attempt.token_id._get_autopay_label(),
        }
        if attempt.state == "declined":
            return get_decline_sentence(
                self.env, attempt.decline_code, attempt.decline_class
            )
        if attempt.state == "succeeded" and attempt.booking_error:
            return self.env._(
                "%(amount)s was collected with %(method)s but could not be booked: "
                "%(error)s",
                error=attempt.booking_error,
                **values,
            )
        if attempt.returned_amount:
            return self.env._(
                "%(amount)s was collected with %(method)s. %(returned)s.",
                returned=get_returned_words(self.env, attempt),
                **values,
            )
        return self._get_state_sentences(values)[attempt.state]

    def _get_state_sentences(self, values):
        return {
            "reserved": self.env._("About to charge %(amount)s.", **values),
            "prepared": self.env._("About to charge %(amount)s.", **values),
            "charging": self.env._("Charging %(amount)s with %(method)s.", **values),
            "unknown": self.env._(
                "It is not known yet whether %(amount)s was taken from %(method)s.",
                **values,
            ),
            "pending": self.env._(
                "The payment of %(amount)s with %(method)s is under way; the bank has "
                "not confirmed it yet.",
                **values,
            ),
            "action_required": self.env._(
                "The customer must confirm the payment of %(amount)s with the bank.",
                **values,
            ),
            "succeeded": self.env._(
                "%(amount)s was collected with %(method)s.", **values
            ),
            "canceled": self.env._(
                "The charge of %(amount)s was withdrawn before any money moved.",
                **values,
            ),
        }

    @api.model
    def _get_response_text(self, attempt):
        """Return the provider's last answer, readable, without secrets."""
        lines = [f"{attempt.name}: {self._get_attempt_sentence(attempt)}"]
        if attempt.message:
            lines.append(attempt.message)
        for name, value in json.loads(attempt.response or "{}").items():
            if value not in (None, "", {}, []):
                lines.append(f"{name}: {value}")
        return "\n".join(lines)

    # === CHATTER === #

    def _notify(self, attempts):
        """Log new outcomes on the invoices, once each, and close finished attempts."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        news = locked.filtered(self._is_news)
        bodies = {
            line.move_id.id: self._get_chatter_body(line) for line in news.line_ids
        }
        self.env["account.move"].browse(bodies)._message_log_batch(bodies)
        for state, part in news.grouped("state").items():
            part.notified_state = state
        self.env["autopay.refusal.notice"]._call_people(news)
        self.env["autopay.notice.event"]._on_attempts(news)
        locked.filtered(lambda attempt: attempt._is_finished()).next_check_date = False
        return locked

    def _is_news(self, attempt):
        told = ("succeeded", "declined", "pending", "action_required")
        return attempt.state in told and attempt.state != attempt.notified_state

    def _get_chatter_body(self, line):
        attempt = line.attempt_id
        return Markup("<b>%s</b> %s %s") % (
            attempt._get_html_link(title=attempt.name),
            self._get_attempt_sentence(attempt),
            self._get_share_sentence(line),
        )

    @api.model
    def _get_outcome(self, attempt, move):
        """Return what became of an attempt, and what of it is for an invoice."""
        line = attempt.line_ids.filtered(lambda line: line.move_id == move._origin)
        words = (attempt.explanation, self._get_share_sentence(line))
        return " ".join(filter(None, words))

    def _get_share_sentence(self, line):
        """Return what of a charge is for one invoice, if it was of several."""
        if len(line.attempt_id.line_ids) < 2:
            return ""
        return self.env._(
            "It was one charge of %(number)s invoices; %(share)s is for this one.",
            number=len(line.attempt_id.line_ids),
            share=format_amount(self.env, line.currency_id, line.amount),
        )

    # === ALERTS FOR STAFF === #

    @api.model
    def _for_staff(self, company):
        """Return this service in the language of whoever is called for a company.

        Of what a customer has done staff read in their own language, and it is not the
        customer who is called.
        """
        lang = company.sudo()._get_autopay_called().lang
        return self.with_user(SUPERUSER_ID).with_context(lang=lang)

    def _alert(self, record, company, summary, note="", wait=""):
        """Ask the person in charge to look at a record, once as long as it is open.

        :param str wait: a name for what is closed by itself; a summary has as many
            wordings as there are languages
        :return: the activity
        """
        activity_type = self.env.ref("autopay.mail_activity_type_attention")
        already = self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", activity_type.id),
                ("res_model", "=", record._name),
                ("autopay_wait", "=", wait) if wait else ("summary", "=", summary),
                *(
                    []
                    if record._name in COMMON_ALARMS
                    else [("res_id", "=", record.id)]
                ),
            ],
            limit=1,
        )
        if already:
            return already
        return record.sudo().activity_schedule(
            "autopay.mail_activity_type_attention",
            summary=summary,
            # A text that may hold words of others, for a field of HTML.
            note=plaintext2html(note) if note else False,
            user_id=company._get_autopay_called().id,
            autopay_wait=wait,
        )

    def _close_waiting(self, wait, feedback):
        """Close the alarms of a name, and say why.

        :param str wait: see ``_alert``
        """
        activities = self.env["mail.activity"].sudo()
        activities.search([("autopay_wait", "=", wait)]).action_feedback(feedback)

    def _alert_stopped(self, run, stopped):
        """Tell that providers were left alone in a run, and why."""
        if not stopped:
            return
        providers = self.env["payment.provider"].sudo().browse(stopped)
        texts = [
            self._alert_provider(run, provider, stopped[provider.id])
            for provider in providers
        ]
        run.stopped_text = "\n".join(texts)

    def _alert_unbookable(self, run, reasons):
        """Tell that single invoices are not charged as they could not be booked.

        :param dict reasons: {move id: reason}
        """
        if not reasons:
            return
        moves = self.env["account.move"].browse(reasons)
        note = "\n".join(f"{move.name}: {reasons[move.id]}" for move in moves[:20])
        summary = self.env._("Not charged: the payment could not be booked")
        self._alert(run, run.company_id, summary, note)

    def _alert_provider(self, run, provider, reason):
        """Tell that a provider is left alone; return why, in a sentence for staff."""
        text = f"{provider.name}: {get_stop_sentence(self.env, reason)}"
        summary = self.env._("Autopay stopped using %s", provider.name)
        self._alert(run, run.company_id, summary, text)
        return text

    def _alert_set_aside(self, moves):
        """Tell that invoices are left alone because runs failed on them."""
        summary = self.env._("Autopay has set this invoice aside")
        for move in moves:
            self._alert(move, move.company_id, summary, wait=SET_ASIDE)

    def _close_set_aside(self, moves, feedback):
        """Close the alarms of invoices that are not set aside any more, and say why."""
        self._close_waiting_on(moves, SET_ASIDE, feedback)

    def _close_waiting_on(self, records, wait, feedback):
        """Close the alarms of a name on these records, and say why."""
        activities = records.sudo().activity_ids
        named = activities.filtered(lambda each: each.autopay_wait == wait)
        named.action_feedback(feedback)

    def _alert_common(self, run, fault):
        """Tell that a run ended since every invoice fails alike.

        :param fault: one ``Fault`` of them; None when there was none
        """
        if not fault:
            return
        summary = self.env._("Autopay charges nothing: every invoice fails alike")
        note = self.env._(
            "The run ended at step “%(stage)s” with the same fault on every invoice "
            "that was tried: %(error)s\n"
            "No invoice is set aside for it. Mend the cause; the next run goes on.",
            stage=fault.stage.strip("_"),
            error=fault.text,
        )
        self._alert(run, run.company_id, summary, note)

    def _alert_not_run(self, company, error):
        """Tell that nothing of a company could be charged, and why."""
        summary = self.env._("Autopay could not charge for %s", company.name)
        note = self.env._(
            "Charging ended with an error: %s\nThe next run tries again; other "
            "companies are charged meanwhile.",
            error,
        )
        self._alert(company.partner_id, company, summary, note)

    def _alert_untold(self, company, error):
        """Tell that the mails to staff about charges of a company cannot be written."""
        summary = self.env._("Autopay cannot report on charges of %s", company.name)
        note = self.env._(
            "Invoices are charged and booked as always, but nobody gets a mail about "
            "it. Look at the runs and the charges instead. The error was: %s",
            error,
        )
        self._alert(company.partner_id, company, summary, note)

    def _alert_copied(self, attempt):
        """Tell that this database looks after no charges of a company.

        :param attempt: the last one of the company
        """
        company = attempt.company_id
        count = attempt.search_count(
            [("company_id", "=", company.id), ("next_check_date", "!=", False)]
        )
        _logger.warning(
            "Autopay of %s was switched on in another database: nothing is charged or "
            "booked here, %s attempts are left open.",
            company.name,
            count,
        )
        summary = self.env._("Autopay does nothing in this copy of the database")
        note = self.env._(
            "Autopay of %(company)s was switched on in another database: this one "
            "is a copy of it, or was moved or restored. Nothing is charged, booked "
            "or refunded here; open charges: %(count)s. If this database has taken "
            "the place of the other one, make sure that the other one charges "
            'nothing any more, then press "This Is the Real Database Now" in '
            "Autopay > Configuration > Settings. If it is a copy for trying things "
            "out, there is nothing to do.",
            company=company.name,
            count=count,
        )
        self._alert(attempt, company, summary, note)

    def _alert_method_gone(self, configuration):
        """Tell that a configuration pays nothing any more: its method was removed."""
        summary = self.env._("A payment rule has lost its payment method")
        self._alert(
            configuration.partner_id,
            configuration.company_id,
            summary,
            configuration.display_name,
        )

    def _alert_not_booked(self, attempt):
        """Tell that money was taken that could not be booked."""
        summary = self.env._("Collected, but not booked")
        self._alert(attempt, attempt.company_id, summary, attempt.booking_error)

    def _alert_unreconciled(self, attempt):
        """Tell that money was taken for an invoice that is not posted any more."""
        summary = self.env._("Collected for an invoice that is gone: refund or apply")
        self._alert(attempt, attempt.company_id, summary)

    def _alert_paid_twice(self, attempt, amount, others):
        """Tell that more was collected than is owed.

        :param float amount: what is left over, in the attempt's currency (major units)
        :param others: the other entries that paid the invoice, or that pay nothing
        :return: the activity
        """
        text = attempt.currency_id.format(amount)
        values = {
            "amount": text,
            "invoices": ", ".join(attempt.line_ids.move_id.mapped("display_name")),
            "payment": attempt.payment_id.display_name or attempt.name,
            "others": ", ".join(others.mapped("display_name")),
        }
        if others.filtered(lambda entry: entry.move_type != "out_refund"):
            summary = self.env._("Paid twice: refund %(amount)s", amount=text)
            found = self.env._(
                "%(amount)s were collected for %(invoices)s that are not owed: it was "
                "paid by %(payment)s and by %(others)s.",
                **values,
            )
        else:
            summary = self.env._("Not owed any more: refund %(amount)s", amount=text)
            found = self.env._(
                "%(amount)s of payment %(payment)s, which was collected for "
                "%(invoices)s, pay nothing: since then the invoice was canceled, "
                "reset, lowered or credited, or the payment was taken off it.",
                **values,
            )
        advice = self.env._(
            "A billing manager refunds them with the button Refund at the Provider on "
            "this page; or apply them to another invoice, or press Keep It Aside."
        )
        return self._alert(attempt, attempt.company_id, summary, f"{found} {advice}")

    def _alert_contradiction(self, attempt, outcome):
        """Tell that the provider reports money that our record rules out."""
        summary = self.env._("The provider reports a charge that should not exist")
        self._alert(attempt, attempt.company_id, summary, outcome.kind)

    def _alert_mismatch(self, attempt, outcome):
        """Tell that the provider answered for something else than was asked for."""
        summary = self.env._("The provider's answer does not match the charge")
        self._alert(attempt, attempt.company_id, summary, outcome.message)

    def _alert_unresolved(self, attempt):
        """Tell that an outcome stays unknown."""
        summary = self.env._("Still unknown whether the customer was charged")
        self._alert(attempt, attempt.company_id, summary)
