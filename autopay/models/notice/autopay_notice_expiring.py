from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ...const.notices.expiring import EXPIRING, EXPIRING_DAYS, LOOK_DAYS

# The answer of a forecast about a charge whose card has expired by its day.
EXPIRED_BLOCKERS = ("method_expired", "configuration_invalid")


class AutopayNoticeExpiring(models.AbstractModel):
    """Notes the cards that expire before their next charge, once for card and month."""

    _name = "autopay.notice.expiring"
    _inherit = "autopay.notice.alarm"
    _description = "Mails about Cards That Expire"

    @api.model
    def _look(self, companies):
        """Note once a day what customers of these companies are told of; it commits."""
        stage = self.env["autopay.stage"]
        for company in companies.sudo():
            today = company._get_autopay_today()
            if (
                company.autopay_expiry_look_date == today
                or company._is_autopay_copied()
            ):
                continue
            stage._apply(self._notify_company, company)

    def _notify_company(self, company):
        """Tell customers and staff of the cards of a company, and note the day."""
        company = company.sudo()
        today = company._get_autopay_today()
        tokens = self._find_tokens(company, today)
        used = self._find_used(company, tokens, today) if tokens else {}
        rows = [self._prepare_row(company, *pair) for pair in used.items()]
        is_off = self.env["autopay.notice.event"]._is_off(company, EXPIRING)
        if is_off:
            # Then staff are the only ones to hear of it.
            told = used.keys() - self._find_called(company, used)
        else:
            told = self.env["autopay.notice"].sudo()._announce(rows).token_id
        for token in told:
            self._call_staff(company, used[token].commercial_partner_id, token, is_off)
        self._close_renewed(company)
        company.autopay_expiry_look_date = today

    def _find_tokens(self, company, today):
        """Return the saved methods of a company that expire soon."""
        last = today + timedelta(days=EXPIRING_DAYS)
        domain = [
            ("provider_id.company_id", "parent_of", company.id),
            ("autopay_expiry_date", ">=", today),
            ("autopay_expiry_date", "<=", last),
        ]
        return self.env["payment.token"].sudo().search(domain)

    def _find_used(self, company, tokens, today):
        """Return {method: the first invoice that it cannot pay any more}."""
        payers = tokens.partner_id.commercial_partner_id
        last = today + timedelta(days=LOOK_DAYS)
        moves = self.env["account.move"].sudo().with_company(company)
        due = moves._get_autopay_due_domain(company, last)
        own = Domain("commercial_partner_id", "in", payers.ids)
        forecasts = self.env["autopay.forecast"].sudo().with_company(company)
        forecast = forecasts._forecast(company, moves.search(due & own), last)
        used = {}
        for move, decision in forecast.blocked.items():
            if decision.blocker not in EXPIRED_BLOCKERS:
                continue
            choice = decision.choice
            for token in (choice.token | choice.invalid.token_id) & tokens:
                used.setdefault(token, move)
        forecasts._forget(forecast)
        return used

    @api.model
    def _find_moves_after(self, token):
        """Return the invoices of a method's customer that come after its last day."""
        moves = self.env["account.move"].sudo()
        if not token.autopay_expiry_date:
            return moves.browse()
        domain = moves._get_autopay_open_domain() & Domain(
            [
                (
                    "commercial_partner_id",
                    "=",
                    token.partner_id.commercial_partner_id.id,
                ),
                ("autopay_status", "in", ("eligible", "error")),
                ("autopay_date", ">", token.autopay_expiry_date),
            ]
        )
        return moves.search(domain, order="autopay_date, id")

    def _prepare_row(self, company, token, move):
        month = str(token.autopay_expiry_date)[:7]
        return {
            "kind": EXPIRING,
            "event_key": f"token:{token.id}:{month}:{company.id}:expiring",
            "partner_id": move.commercial_partner_id.id,
            "company_id": company.id,
            "res_model": token._name,
            "res_id": token.id,
            "token_id": token.id,
        }

    # === STAFF === #

    def _get_wait(self, company, token):
        """Return the name of the call about a card, for as long as it expires then."""
        return f"{EXPIRING}:{company.id}:{token.id}:{token.autopay_expiry_date}"

    def _find_called(self, company, tokens):
        """Return the methods about which somebody was called, also when that is done.

        :param tokens: methods of customers of the company
        """
        waits = {self._get_wait(company, token): token for token in tokens}
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        found = activities.search([("autopay_wait", "in", list(waits))])
        return {waits[wait] for wait in found.mapped("autopay_wait")}

    def _call_staff(self, company, payer, token, is_off):
        """Put a card that expires on the list of the person in charge.

        :param bool is_off: whether the customer gets no mail about it
        """
        service = self._for_staff(company)
        summary = service.env._(
            "%(method)s expires before its next charge",
            method=token._get_autopay_label(),
        )
        if is_off:
            note = service.env._(
                "The mail to the customer about it is switched off: ask for another "
                "payment method yourself."
            )
        else:
            note = service.env._(
                "The customer is asked by mail to save another payment method. If "
                "nothing comes, call the customer."
            )
        wait = self._get_wait(company, token)
        service._alert(payer, company, summary, note, wait)

    def _close_renewed(self, company):
        """Close the calls about cards that were renewed or removed."""
        activities = self.env["mail.activity"].sudo()
        prefix = f"{EXPIRING}:{company.id}:"
        for activity in activities.search([("autopay_wait", "=like", f"{prefix}%")]):
            number, day = activity.autopay_wait.removeprefix(prefix).split(":")
            token = self.env["payment.token"].sudo().browse(int(number)).exists()
            if not token.active or str(token.autopay_expiry_date) != day:
                activity.action_feedback(self.env._("It was renewed or removed."))
