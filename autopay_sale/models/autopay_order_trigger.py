from odoo import api, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from odoo.addons.autopay.const.invoice import UNPAID_STATES

from ..const.triggers import DONE_STATUSES, OPEN_PROGRESS, ORDERS_TOGETHER

# The order at which the time of a run was over.
LAST_PARAMETER = "autopay_sale.last_order_id"


class AutopayOrderTrigger(models.AbstractModel):
    """Collects the sales orders whose trigger has come, a few in each transaction.

    What cannot be collected calls a person, once, and is looked at again each time.
    """

    _name = "autopay.order.trigger"
    _inherit = "autopay.stage"
    _description = "Triggers of Sales Orders"

    # === CRON METHODS === #

    @api.model
    def _cron_collect(self):
        """Collect what is ready in every company, as far as the time reaches."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        self._apply_in_parts(ORDERS_TOGETHER, self._let_go, self._find_over())
        for company in companies.search([("autopay_enabled", "=", True)]):
            if not company._is_autopay_copied():
                # Staff read what is said of an order, and not who runs the jobs.
                lang = company._get_autopay_called().lang
                service = self.with_company(company).with_context(lang=lang)
                service._collect_company(company)

    @api.model
    def _wake(self):
        """Have the job run soon."""
        self.env.ref("autopay_sale.ir_cron_collect_orders").sudo()._trigger()

    # === BUSINESS METHODS === #

    def _collect_company(self, company):
        orders = self.env["sale.order"].sudo()
        changed = orders.search(self._get_changed_domain(company), order="id")
        self._apply_in_parts(ORDERS_TOGETHER, self._follow, changed)
        ready = orders.search(self._get_ready_domain(company), order="id").ids
        for ids in split_every(ORDERS_TOGETHER, self._begin_where_left(ready), list):
            self._apply(self._work, orders.browse(ids), on_failure=self._note_failure)
            if self._commit() <= 0:
                # Orders that wait for long are not to keep the others waiting.
                self._apply(self._note_last, orders.browse(ids[-1]))
                self._wake()
                return

    def _begin_where_left(self, order_ids):
        """Return the ids, beginning behind the order that a run ended with."""
        parameters = self.env["ir.config_parameter"].sudo()
        last_id = int(parameters.get_param(LAST_PARAMETER) or 0)
        after = [order_id for order_id in order_ids if order_id > last_id]
        return after + [order_id for order_id in order_ids if order_id <= last_id]

    def _note_last(self, order):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(LAST_PARAMETER, order.id)

    def _get_changed_domain(self, company):
        """Return orders whose invoices say something else than the order does."""
        unpaid = Domain(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", UNPAID_STATES),
            ]
        )
        unpaid = Domain("invoice_ids", "any", unpaid)
        done = Domain("invoice_status", "in", DONE_STATUSES) & ~unpaid
        shown = Domain("autopay_progress", "=", "collecting") & done
        shown |= Domain("autopay_progress", "=", "paid") & unpaid
        return Domain("company_id", "=", company.id) & shown

    def _follow(self, orders):
        orders._follow_payment()

    def _get_ready_domain(self, company):
        """Return the orders of a company of which something may be to be collected."""
        own = Domain("company_id", "=", company.id) & Domain("state", "=", "sale")
        left = Domain("autopay_progress", "in", OPEN_PROGRESS) | Domain(
            "invoice_status", "=", "to invoice"
        )
        names = dict(self.env["sale.order"]._fields["autopay_trigger"].selection)
        reached = Domain.OR(
            Domain("autopay_trigger", "=", name)
            & self._get_trigger_domain(company, name)
            for name in names
        )
        stuck = Domain("autopay_progress", "=", "stuck")
        first = Domain("autopay_deposit", ">", 0) & Domain(
            "autopay_progress", "=", False
        )
        triggered = Domain("autopay_trigger", "!=", False)
        return own & triggered & ((left & reached) | first | stuck)

    @api.model
    def _get_trigger_domain(self, company, name):
        """Return what narrows the orders of a trigger down; hook for other add-ons."""
        if name != "date":
            return Domain.TRUE
        today = company._get_autopay_today()
        return Domain("autopay_collect_date", "<=", today) | Domain(
            "autopay_collect_date", "=", False
        )

    def _work(self, orders):
        """Collect what is ready of these orders, or call a person."""
        asked = orders._group_autopay_sources()
        for order in orders:
            order._work_trigger(asked[order])

    def _note_failure(self, order, error):
        # Runs that got in each other's way look again at the next one.
        if not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            order._show_stuck(str(error))

    def _find_over(self):
        """Return stuck orders that nobody need see to any more."""
        over = Domain("state", "!=", "sale") | Domain("autopay_trigger", "=", False)
        over |= Domain("company_id.autopay_enabled", "=", False)
        stuck = Domain("autopay_progress", "=", "stuck")
        return self.env["sale.order"].sudo().search(stuck & over)

    def _let_go(self, orders):
        for order in orders:
            order._set_autopay_progress(False)
