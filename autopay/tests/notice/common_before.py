from datetime import timedelta

from odoo import fields

from .common_notice import NoticeCommon


class BeforeCommon(NoticeCommon):
    """A company that charges no card before its customer was told three days ahead."""

    def setUp(self):
        super().setUp()
        self.company.write({"autopay_notice_days_card": 3, "autopay_notice_gate": True})

    # === ACTS === #

    def _create_coming(self, days=0, amount=100.0, **values):
        """Create an invoice that is charged in so many days."""
        invoice = self._create_due_invoice(amount, **values)
        invoice.autopay_date = self._in_days(days)
        return invoice

    def _tell(self):
        """Run the jobs that tell, however short ago that was."""
        self.company.sudo().autopay_notice_look_date = False
        self._send_mails()

    def _pass_days(self, days):
        """Let days pass: all that was noted is so much longer ago."""
        self.env.flush_all()
        interval = timedelta(days=days)
        for table, names in {
            "autopay_notice": ("create_date", "sent_date", "charge_date", "due_date"),
            "autopay_attempt": ("reserved_date",),
            "account_move": ("autopay_date", "autopay_retry_date"),
            "autopay_installment": ("date",),
        }.items():
            sets = ", ".join(f"{name} = {name} - %(days)s" for name in names)
            self.env.cr.execute(f"UPDATE {table} SET {sets}", {"days": interval})
        # The days in them are those of another time.
        self.env.cr.execute(
            "UPDATE autopay_notice SET event_key = event_key || ':past'"
            " WHERE kind = 'before'"
        )
        self.env.invalidate_all()

    # === FACTS === #

    def _in_days(self, days):
        return self.today + timedelta(days=days)

    def _get_told_of(self, invoice):
        return self._get_notices(invoice).filtered(lambda rec: rec.kind == "before")

    def _decide(self, invoice, mode="scheduled"):
        return self.env["autopay.decision"]._decide(invoice, mode)[invoice]

    def _says(self, invoice):
        """Return the blocker of an invoice and the day on which it could be gone."""
        decision = self._decide(invoice)
        return decision.blocker, decision.date

    def _format(self, days):
        return fields.Date.to_string(self._in_days(days))
