from collections import Counter
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...const.methods.request import MENDED_READINESS, REACHED_STATES, RECENT_DAYS
from ...rights import check_billing
from ...words.methods.requests import get_summary_words


class AutopayRequestWizard(models.TransientModel):
    """Shows which customers will be asked for a payment method, and asks them."""

    _name = "autopay.request.wizard"
    _description = "Request Payment Methods"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    line_ids = fields.One2many(
        "autopay.request.wizard.line", "wizard_id", string="Customers"
    )
    summary = fields.Text(compute="_compute_summary")
    chosen_count = fields.Integer(compute="_compute_summary")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.is_chosen", "line_ids.mark")
    @api.depends_context("lang")
    def _compute_summary(self):
        for wizard in self:
            lines = wizard.line_ids
            counts = Counter(lines.mapped("mark"))
            chosen = lines.filtered("is_chosen")
            mailed = chosen.filtered(lambda line: line.mark != "no_address")
            counts["chosen"] = len(mailed)
            wizard.chosen_count = len(chosen)
            wizard.summary = get_summary_words(self.env, counts)

    # === ACTION METHODS === #

    def action_ask(self):
        """Ask the customers that are ticked; open what was asked.

        :raises UserError: when none is ticked
        """
        self.ensure_one()
        check_billing(self)
        self._check_company()
        payers = self.line_ids.filtered("is_chosen").partner_id.commercial_partner_id
        if not payers:
            raise UserError(self.env._("Tick the customers that are to be asked."))
        # The person who made the rows of this dialog may not see every customer.
        payers.check_access("read")
        requests = self.env["autopay.method.request"]._ask(self.company_id, payers)
        requests._send_soon()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_method_request_action"
        )
        return {**action, "domain": [("id", "in", requests.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, partners, again=False):
        """Return what opens the dialog for customers that a person has chosen.

        :param bool again: whether they are asked once more on purpose, however recently
            they were asked before
        """
        check_billing(self)
        partners.check_access("read")
        self._check_company()
        payers = partners.commercial_partner_id
        return self.create({})._fill(payers, again)._get_action()

    @api.model
    def _open_all(self):
        """Return what opens the dialog for all whom another method makes chargeable.

        :raises UserError: when there are none
        """
        check_billing(self)
        self._check_company()
        partners = self.env["res.partner"].search(
            [("autopay_readiness", "in", MENDED_READINESS)]
        )
        if not partners:
            raise UserError(
                self.env._("Every customer has a payment method that can be charged.")
            )
        return self.create({})._fill(partners)._get_action()

    def _check_company(self):
        """Check that the company can charge what customers save.

        :raises UserError: when autopay is off, or another database charges
        """
        company = self.company_id or self.env.company
        if not company.sudo().autopay_enabled:
            raise UserError(
                self.env._(
                    "Autopay is off in %s: switch it on before customers are asked.",
                    company.sudo().name,
                )
            )
        company._check_autopay_home()
        self._check_provider(company)

    def _check_provider(self, company):
        """Check that the links will lead to a page on which a method can be saved.

        :raises UserError: when no provider has one, or none shows it to customers
        """
        providers = self.env["payment.provider"].sudo()
        able = [
            *providers._check_company_domain(company),
            ("state", "!=", "disabled"),
            ("is_published", "=", True),
            ("allow_tokenization", "=", True),
            ("autopay_usage", "!=", "one_time"),
        ]
        found = providers.search(able).filtered(lambda rec: rec._is_autopay_usable())
        codes = providers._get_autopay_codes("setups")
        if not any(rec.code in codes for rec in found._prefer_autopay_default(company)):
            raise UserError(
                self.env._(
                    "Customers could not save anything: no payment provider of %s that "
                    "has a page for it is switched on, published, used for autopay, "
                    "and allows to save payment methods; or another one is chosen for "
                    "new consents.",
                    company.sudo().name,
                )
            )

    def _fill(self, payers, again=False):
        """Give this dialog a row for each customer: who is asked first."""
        company = self.company_id
        contacts = self.env["autopay.request.contacts"]._get_contacts(payers)
        last = payers._get_autopay_last_requests(company)
        rows = []
        for payer in payers.with_company(company):
            request = last.get(payer)
            mark = self._get_mark(payer, contacts[payer], not again and request)
            rows.append(
                {
                    "partner_id": payer.id,
                    "email": contacts[payer].email_normalized,
                    "readiness": payer.autopay_readiness,
                    "asked_date": request and request.asked_date,
                    "asked_by_id": request and request.asked_by_id.id,
                    "mark": mark,
                    "is_chosen": mark in ("ask", "no_address"),
                }
            )
        order = ("ask", "no_address", "recent", "ready")
        rows.sort(key=lambda row: order.index(row["mark"]))
        self.line_ids = [Command.create(row) for row in rows]
        return self

    def _get_mark(self, payer, contact, request):
        """Return whether a customer is asked, or why not; a key of ``REQUEST_MARKS``.

        :param request: the last request, or nothing
        """
        if payer.autopay_readiness not in MENDED_READINESS:
            return "ready"
        recently = fields.Datetime.now() - timedelta(days=RECENT_DAYS)
        reached = request and request.state in REACHED_STATES
        if reached and request.asked_date >= recently:
            return "recent"
        return "ask" if contact else "no_address"

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request Payment Methods"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "large"},
        }
