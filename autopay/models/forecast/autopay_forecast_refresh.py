import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ... import const
from .plan import Foreseen

_logger = logging.getLogger(__name__)

# Invoices that are foreseen together, in one database transaction.
BUNDLE_SIZE = 5000
# Invoices that a person waits for.
FEW = 1000


class AutopayForecastRefresh(models.AbstractModel):
    """Keeps the charges of the next 90 days where views can sum them.

    It writes down what ``autopay.forecast`` says, which asks the engine's own decisions
    day by day: limits, credit, holds, expiring methods and rates count as they will. A
    customer's invoices are foreseen together, for they share limits and credit.
    """

    _name = "autopay.forecast.refresh"
    _description = "Refresh of the Forecast of Collections"

    # === CRON METHODS === #

    @api.model
    def _cron_refresh(self):
        """Foresee each company once on each of its days, as far as the time reaches."""
        if self.env["res.company"]._is_autopay_unused():
            return
        for company in self.env["autopay.status"]._get_companies():
            if not self._refresh_company(company):
                self._wake()
                return

    @api.model
    def _wake(self):
        """Have the job run soon."""
        job = self.env.ref("autopay.ir_cron_refresh_forecast", raise_if_not_found=False)
        if job:
            job.sudo()._trigger()

    # === BUSINESS METHODS === #

    @api.model
    def _refresh_soon(self, companies):
        """Foresee companies at the wish of a person.

        :return: *done*; *later*: the job does it; *busy*: the job, or somebody else,
            is at it already
        """
        companies &= self.env["autopay.status"]._get_companies()
        rows = self.env["autopay.forecast.pass"].sudo()
        for company in companies:
            rows |= rows._get_of(company)
        # To wait for who computes them would end in a clash of transactions.
        if rows.try_lock_for_update() != rows:
            return "busy"
        rows.write({"day": False, "last_partner_id": 0})
        if sum(map(self._count_all, companies)) > FEW:
            self._wake()
            return "later"
        done = [self._refresh_company(company, True) for company in companies]
        return "done" if all(done) else "busy"

    def _refresh_company(self, company, at_once=False):
        """Foresee what is not foreseen yet of a company's day.

        :param bool at_once: all of it in the transaction at hand
        :return: whether the time sufficed
        """
        row = self.env["autopay.forecast.pass"].sudo()._get_of(company)
        today = company._get_autopay_today()
        if row.day == today:
            return True
        service = self.with_company(company)
        for low, payer_ids, high in service._get_bundles(company, row.last_partner_id):
            # Two servers would write the rows of a customer twice.
            if not row.try_lock_for_update():
                return False
            if not low:
                row.begun_date = fields.Datetime.now()
            service._refresh_bundle(company, low, payer_ids, high)
            row.last_partner_id = high
            if not at_once and not self._commit(len(payer_ids)):
                return False
        row.write({"day": today, "last_partner_id": 0, "date": row.begun_date})
        return True if at_once else self._commit(0)

    def _commit(self, count):
        """Keep what is done and forget what was read.

        :return: whether there is time for more
        """
        left = self.env["ir.cron"]._commit_progress(count)
        self.env.invalidate_all()
        return left > 0

    # === WHO IS FORESEEN TOGETHER === #

    def _get_domain(self, company):
        """Return the domain of the posted invoices that can be charged.

        What kills the processes that look at it was set aside.
        """
        open_moves = self.env["account.move"]._get_autopay_open_domain()
        crashes = const.engine.CRASHES_BEFORE_SET_ASIDE
        return (
            Domain(
                [
                    ("company_id", "=", company.id),
                    ("autopay_status", "in", const.invoice.OPEN_STATUSES),
                    ("autopay_crash_count", "<", crashes),
                ]
            )
            & open_moves
        )

    def _count_by_payer(self, company, after=0):
        """Return [(customer id, number of invoices and drafts of series)] by id."""
        series = self.env["autopay.forecast.series"]
        domain = self._get_domain(company) | series._get_domain(company)
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(domain, ["commercial_partner_id"], ["__count"])
        )
        found = ((payer.id, count) for payer, count in groups)
        return sorted(each for each in found if each[0] > after)

    def _count_all(self, company):
        return sum(count for _payer_id, count in self._count_by_payer(company))

    def _get_bundles(self, company, after):
        """Return [(id before, customer ids, last id)] of who is foreseen together.

        The last one reaches to the end: whoever has nothing left is in between.
        """
        bundles, ids, size, low = [], [], 0, after
        for payer_id, count in self._count_by_payer(company, after):
            if ids and size + count > BUNDLE_SIZE:
                bundles.append((low, ids, ids[-1]))
                low, ids, size = ids[-1], [], 0
            ids.append(payer_id)
            size += count
        return [*bundles, (low, ids, const.forecast.LAST_ID)]

    # === ROWS === #

    def _refresh_bundle(self, company, low, payer_ids, high):
        """Replace the rows of the customers from one id to another."""
        rows = self._foresee(company, payer_ids)
        self.env.execute_query(
            SQL(
                """DELETE FROM autopay_forecast_charge
                    WHERE company_id = %s AND partner_id > %s AND partner_id <= %s
                RETURNING id""",
                *(company.id, low, high),
            )
        )
        if rows:
            charges = self.env["autopay.forecast.charge"]
            self.env.execute_query(
                SQL(
                    "INSERT INTO autopay_forecast_charge (%s) VALUES %s RETURNING id",
                    SQL(", ").join(map(SQL.identifier, charges._get_columns())),
                    SQL(", ").join(SQL("%s", row) for row in rows),
                )
            )
        self.env["autopay.forecast.charge"].invalidate_model(flush=False)

    def _foresee(self, company, payer_ids):
        """Return the rows of customers; one that cannot be decided about is left out.

        Whatever is wrong with one must not stop the others.
        """
        try:
            with self.env.cr.savepoint():
                return self._foresee_all(company, payer_ids)
        except Exception:
            if len(payer_ids) == 1:
                _logger.exception("Nothing is foreseen of customer %s.", payer_ids[0])
                return []
        return [row for each in payer_ids for row in self._foresee(company, [each])]

    def _foresee_all(self, company, payer_ids):
        payers = Domain("commercial_partner_id", "in", payer_ids)
        moves = (
            self.env["account.move"]
            .sudo()
            .search(payers & self._get_domain(company), order="id")
        )
        last = company._get_autopay_today() + timedelta(
            days=const.forecast.FORECAST_DAYS
        )
        found = self._foresee_posted(company, moves, last)
        found += self.env["autopay.forecast.series"]._foresee(company, payers, last)
        return [self._build_row(company, each) for each in found]

    def _foresee_posted(self, company, moves, last):
        """Return the ``Foreseen`` of posted invoices till the last day."""
        model = self.env["autopay.forecast"].sudo().with_company(company)
        # A forecast shows invoices that are charged in part as if they were on time.
        failed = moves.filtered(lambda move: move.autopay_status == "error")
        forecast = model._forecast(company, moves, last)
        found = [
            self._read(
                charge.day,
                self._get_certainty(forecast, charge, failed),
                charge.decision,
            )
            for charge in forecast.charges
        ]
        model._forget(forecast)
        return found + [
            self._read(self._get_approved_day(decision, forecast), "approval", decision)
            for decision in forecast.blocked.values()
            if decision.blocker == "needs_approval"
        ]

    def _read(self, day, certainty, decision):
        return Foreseen(day, certainty, decision.move, decision.token, decision.amount)

    def _get_approved_day(self, decision, forecast):
        """Return the day of a charge if it were approved by then."""
        today = forecast.today
        day = decision.move._get_autopay_charge_day(decision.share, today)
        return max(day or today, today)

    def _get_certainty(self, forecast, charge, failed):
        """Return how sure a charge is.

        :param failed: the invoices whose last charge failed
        """
        if charge.decision.move in failed:
            return "retry"
        return "limit" if forecast.is_limited(charge) else "planned"

    def _build_row(self, company, found):
        """Return the values of a row, in the order of its columns."""
        move, token, own = found.move, found.token, company.currency_id
        today = company._get_autopay_today()
        payer_id = move.commercial_partner_id.id
        return (
            *(company.id, found.day, found.certainty, move.id, payer_id),
            *(token.id or None, token.provider_id.id or None),
            *(token.payment_method_id.id or None, move.currency_id.id, found.amount),
            own.id,
            move.currency_id._convert(found.amount, own, company, today),
            fields.Datetime.now(),
        )
