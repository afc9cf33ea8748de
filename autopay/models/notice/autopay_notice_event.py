from odoo import api, models

from ...const.notices.kinds import STATE_KINDS
from ...const.reversal import MONEY_GONE


class AutopayNoticeEvent(models.AbstractModel):
    """Says of which events customers are told."""

    _name = "autopay.notice.event"
    _description = "Events that Customers Are Told of"

    @api.model
    def _on_attempts(self, attempts):
        """Note that customers are told what became of charges.

        :param attempts: those whose outcome is new, and locked
        """
        kinds = self._get_state_kinds()
        told = attempts.filtered(lambda attempt: attempt.state in kinds)
        rows = [self._prepare_row(rec, kinds[rec.state], rec.state) for rec in told]
        waiting = told.filtered("confirm_deadline").filtered(
            lambda attempt: attempt.state == "action_required"
        )
        rows += self.env["autopay.confirmation"]._prepare_reminders(waiting)
        return self.env["autopay.notice"]._announce(rows)

    @api.model
    def _get_state_kinds(self):
        """Return {state of an attempt: kind of notice}, hook for other add-ons."""
        return STATE_KINDS

    @api.model
    def _on_reversal(self, reversal):
        """Note that a customer is told of money that went back for good."""
        is_open_dispute = reversal.kind == "dispute" and reversal.finding != "lost"
        if reversal.finding not in MONEY_GONE or is_open_dispute:
            return
        row = self._prepare_row(reversal, "returned", "returned")
        self.env["autopay.notice"]._announce([row])

    @api.model
    def _on_plan(self, plan):
        """Note that a customer is told what was agreed."""
        move = plan.move_id
        row = self._prepare_row(plan, "plan", "agreed")
        amount = sum(plan.installment_ids.mapped("amount"))
        row.update(amount=amount, currency_id=move.currency_id.id)
        self.env["autopay.notice"]._announce([row])

    @api.model
    def _on_consent(self, authorization, contact):
        """Note that a customer gets a copy of what was agreed.

        :param contact: who has agreed, perhaps empty
        """
        row = self._prepare_row(authorization, "consent", "agreed")
        row.update(token_id=authorization.token_id.id, contact_id=contact.id or None)
        self.env["autopay.notice"]._announce([row])

    @api.model
    def _on_requests(self, mails):
        """Note the mails that ask customers for a method: they are written already.

        :param mails: {``autopay.method.request``: its ``mail.mail``}
        """
        rows = [
            {
                **self._prepare_row(request, "request", "asked"),
                "contact_id": request.contact_id.id,
            }
            for request in mails
        ]
        notices = self.env["autopay.notice"].sudo()._announce(rows)
        by_id = {request.id: mail for request, mail in mails.items()}
        for notice in notices:
            notice._set_queued(by_id[notice.res_id])

    @api.model
    def _is_off(self, companies, kind):
        """Return whether one of these companies sends no mails of a kind."""
        off = self.env["autopay.notice.setting"]._get_off()
        return any((company.id, kind) in off for company in companies)

    def _prepare_row(self, record, kind, event):
        """Return a notice about a record of a customer.

        :param str event: what happened; with the record it is told once
        """
        model = record._name.rpartition(".")[2]
        row = {
            "kind": kind,
            "event_key": f"{model}:{record.id}:{event}",
            "partner_id": record.partner_id.id,
            "company_id": record.company_id.id,
            "res_model": record._name,
            "res_id": record.id,
        }
        if "amount" in record._fields:
            row.update(amount=record.amount, currency_id=record.currency_id.id)
        return row
