from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ...const.notices.before import (
    BEFORE,
    LOOK_BACK_MINUTES,
    LOOK_MINUTES,
    MOVES_AT_ONCE,
    SEPA_TYPES,
)
from ..company.autopay_company_notice import DAYS_FIELDS
from .autopay_notice_alarm import UNDELIVERED

# Models whose changes can change a charge, by the field that names the
# customer.
CHANGED = {
    "res.partner": "id",
    "payment.token": "partner_id",
    "autopay.configuration": "partner_id",
    "autopay.authorization": "partner_id",
}


class AutopayNoticeBefore(models.AbstractModel):
    """Notes the charges to come of which customers are to be told, in sets.

    What is charged on which day says the forecast, which asks the engine's own
    decisions. Once a day everything is looked at, in between what was changed.
    """

    _name = "autopay.notice.before"
    _inherit = "autopay.notice.alarm"
    _description = "Mails before Charges"

    @api.model
    def _look(self, companies):
        """Note what customers of these companies are to be told of; it commits."""
        off = self.env["autopay.notice.setting"]._get_off()
        # A look that was not finished goes on first, where it was left.
        for company in companies.sudo().sorted(
            lambda company: not company.autopay_notice_look_begun
        ):
            is_off = not company._is_autopay_telling() or (company.id, BEFORE) in off
            if is_off or not self._is_turn(company) or company._is_autopay_copied():
                continue
            if not self._look_at(company):
                self.env["autopay.notice"]._send_soon()
                self.env["ir.cron"]._commit_progress()
                return

    def _is_turn(self, company):
        """Return whether a look at a company is unfinished, or long enough ago."""
        last = company.autopay_notice_look_date
        if company.autopay_notice_look_begun or not last:
            return True
        passed = fields.Datetime.now() - last
        return not timedelta() <= passed < timedelta(minutes=LOOK_MINUTES)

    def _look_at(self, company):
        """Look at the invoices of a company, set by set, from where it was left.

        :return: whether all were looked at before the time was up
        """
        stage = self.env["autopay.stage"]
        begun = company.autopay_notice_look_begun or fields.Datetime.now()
        moves = self._find_moves(company, company.autopay_notice_look_date)
        for ids in split_every(MOVES_AT_ONCE, moves.ids, list):
            part = moves.browse(ids)
            stage._apply(self._announce, part)
            # Perhaps more of the last customer's invoices follow.
            payer_id = part[-1].commercial_partner_id.id
            stage._apply(self._set_place, company, begun, payer_id)
            if self.env["ir.cron"]._commit_progress() <= 0:
                return False
        stage._apply(self._set_looked, company, begun)
        return True

    def _set_place(self, companies, begun, payer_id):
        """Note how far a look has come; another process may note it as well."""
        companies.write(
            {"autopay_notice_look_begun": begun, "autopay_notice_look_payer": payer_id}
        )

    def _set_looked(self, companies, moment):
        """Note since when all is looked at; another process may note it as well."""
        companies.write(
            {
                "autopay_notice_look_date": moment,
                "autopay_notice_look_begun": False,
                "autopay_notice_look_payer": 0,
            }
        )

    def _find_moves(self, company, since):
        """Return the invoices that may be charged within the days of the company.

        A look that was not finished goes on with the customer where it stopped.

        :param datetime since: when it was last looked; once a day all are returned
        """
        today = company._get_autopay_today()
        last = today + timedelta(days=max(company[name] for name in DAYS_FIELDS))
        moves = self.env["account.move"].with_company(company)
        domain = moves._get_autopay_due_domain(company, last)
        domain &= self._get_concerned_domain(company)
        if since and company._get_autopay_day(since) == today:
            domain &= self._get_changed_domain(since)
        left = Domain("commercial_partner_id", ">=", company.autopay_notice_look_payer)
        if company.autopay_notice_look_begun:
            domain &= left
        # Limits of a customer count for all of its invoices. Its id is the place that
        # is kept, not its name.
        order = "commercial_partner_id.id, autopay_date, id"
        return moves.search(domain, order=order)

    def _get_concerned_domain(self, company):
        """Return the domain of invoices of customers with a method to tell of."""
        if company.autopay_notice_days_card:
            return Domain.TRUE
        tokens = self.env["payment.token"].sudo()
        methods = tokens._get_autopay_debit_methods()
        methods |= methods.search([("code", "in", SEPA_TYPES)])
        found = tokens.search([("payment_method_id", "in", methods.ids)])
        payers = found.partner_id.commercial_partner_id
        return Domain("commercial_partner_id", "in", payers.ids)

    def _get_changed_domain(self, since):
        """Return the domain of what was changed since, in itself or at its customer."""
        changed = Domain(
            "write_date", ">=", since - timedelta(minutes=LOOK_BACK_MINUTES)
        )
        payer_ids = set()
        for model, name in CHANGED.items():
            records = self.env[model].sudo().with_context(active_test=False)
            partners = records.search(changed)
            if name != "id":
                partners = partners.mapped(name)
            payer_ids.update(partners.commercial_partner_id.ids)
        return changed | Domain("commercial_partner_id", "in", list(payer_ids))

    # === ONE SET === #

    def _announce(self, moves):
        """Note what is to be told of invoices of one company, each charge once."""
        company = moves.company_id
        today = company._get_autopay_today()
        last = today + timedelta(days=max(company.sudo()[n] for n in DAYS_FIELDS))
        forecasts = self.env["autopay.forecast"].sudo().with_company(company)
        forecast = forecasts._forecast(company, moves, last)
        charges = [each for each in forecast.charges if self._is_near(each, today)]
        rows = [
            self._prepare_row(charge.decision, charge.day)
            for charge in charges
            if charge.decision.notice.state == "untold"
        ]
        untold = _get_failed(forecast, charges)
        found = self._find_reachable(untold)
        rows += self._tell_again(untold, found)
        forecasts._forget(forecast)
        self.env["autopay.notice"]._announce(rows)
        self._call_undelivered(moves, untold, found)

    def _is_near(self, charge, today):
        """Return whether a charge is so near that its customer is told of it now."""
        notice = charge.decision.notice
        return bool(notice) and today < charge.day <= today + timedelta(notice.days)

    def _prepare_row(self, decision, day):
        """Return the notice of a charge on a day."""
        move, token, share = decision.move, decision.token, decision.share
        part = share.part if share.parts > 1 else 0
        units = round(decision.amount / move.currency_id.rounding)
        key = (move.id, part, token.id, day, units, move.currency_id.id)
        return {
            "kind": BEFORE,
            "event_key": f"move:{':'.join(map(str, key))}:before",
            "partner_id": move.commercial_partner_id.id,
            "company_id": move.company_id.id,
            "res_model": move._name,
            "res_id": move.id,
            "amount": decision.amount,
            "currency_id": move.currency_id.id,
            "token_id": token.id,
            "charge_date": day,
            "part": part,
        }

    # === NOT TOLD === #

    def _find_reachable(self, decisions):
        """Return the notices that did not arrive and would now go elsewhere."""
        ids = {row.notice_id for each in decisions for row in each.notice.rows}
        return self.env["autopay.notice"].sudo().browse(sorted(ids))._filter_reachable()

    def _tell_again(self, decisions, found):
        """Send once more what can arrive now, as long as it tells the right day.

        :param decisions: those whose customers could not be told
        :param found: notices that can arrive now
        :return: notices of another day, to be noted
        """
        rows = []
        for decision in decisions:
            notice = decision.notice
            notices = found.browse(row.notice_id for row in notice.rows) & found
            day = notice.day + timedelta(days=notice.days)
            if notice.is_gate and any(each.charge_date < day for each in notices):
                rows.append(self._prepare_row(decision, day))
            else:
                notices._revive()
        return rows

    def _call_undelivered(self, moves, decisions, found):
        """Call a person about charges that wait for a mail which does not arrive.

        :param moves: all that was looked at, of one company
        :param decisions: those whose customers could not be told
        :param found: notices that can arrive now
        """
        today = moves.company_id._get_autopay_today()
        ids = set(found.ids)
        held = moves.browse().union(
            *(
                decision.move
                for decision in decisions
                if decision.notice.is_gate
                and not ids.intersection(_get_addressless(decision.notice))
            )
        )
        service = self._for_staff(moves.company_id)
        summary = service.env._("Not charged: the customer could not be told before")
        for payer, part in held.grouped("commercial_partner_id").items():
            note = service.env._(
                "%(invoices)s: nothing is charged without notice. Mend the address and "
                "send the mail again (button Mails), or press Charge Now.",
                invoices=", ".join(filter(None, part.mapped("name"))),
            )
            service._alert(payer, part.company_id, summary, note, UNDELIVERED)
        last = moves.company_id.sudo().autopay_notice_look_date
        if last and moves.company_id._get_autopay_day(last) == today:
            # Others of these customers' invoices were not looked at.
            return
        fine = moves.commercial_partner_id - held.commercial_partner_id
        feedback = service.env._("The customer can be told.")
        service._close_waiting_on(fine, UNDELIVERED, feedback)


def _get_failed(forecast, charges):
    """Return the decisions on what customers could not be told, once for each."""
    stopped = forecast.blocked.values()
    return [
        *(each.decision for each in charges if each.decision.notice.state == "failed"),
        *(each for each in stopped if each.blocker == "notice_undeliverable"),
    ]


def _get_addressless(notice):
    """Return the ids of the notices that were left out: a mended address is enough."""
    return {row.notice_id for row in notice.rows if row.state == "skipped"}
