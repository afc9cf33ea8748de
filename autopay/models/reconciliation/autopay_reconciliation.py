from collections import Counter, defaultdict
from datetime import datetime, time, timezone

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...const import reconciliation as const
from ...fields import Day
from ...gateways.reports import Reading
from ...rights import check_billing
from ...words.days import say_day
from ...words.providers import get_problem_sentence
from .case import get_amounts, get_state


class AutopayReconciliation(models.Model):
    """Attempts, charges at the provider and payments of a period, one to one."""

    _name = "autopay.reconciliation"
    _description = "Provider Reconciliation"
    _inherit = ["autopay.default.guard", "mail.thread", "mail.activity.mixin"]
    # People may comment on what nobody may change.
    _mail_post_access = "read"
    _order = "id desc"
    # The name is not stored, and accountants may not search by provider.
    _rec_names_search = ("company_id",)

    name = fields.Char(compute="_compute_name")
    # Only administrators may read payment providers: accountants choose by name.
    provider_choice = fields.Selection(
        "_get_provider_choices", string="Payment Provider", required=True
    )
    provider_id = fields.Many2one(
        "payment.provider",
        compute="_compute_provider_id",
        store=True,
        precompute=True,
        compute_sudo=True,
        required=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        related="provider_id.company_id", store=True, index=True, compute_sudo=True
    )
    date_from = Day(
        string="From", required=True, default=lambda self: self._get_default_date(-7)
    )
    date_to = Day(
        string="To", required=True, default=lambda self: self._get_default_date(0)
    )
    trigger = fields.Selection(
        const.RECONCILIATION_TRIGGERS,
        readonly=True,
        default="manual",
        required=True,
        copy=False,
    )
    state = fields.Selection(
        const.RECONCILIATION_STATES,
        readonly=True,
        default="draft",
        required=True,
        copy=False,
    )
    compared_date = fields.Datetime(string="Compared", readonly=True, copy=False)
    provider_asked = fields.Boolean(
        readonly=True,
        copy=False,
        help="Without: this provider cannot be asked; only our charges and the "
        "payments are compared.",
    )
    problem = fields.Char(string="Reading Problem", readonly=True, copy=False)
    problem_text = fields.Char(compute="_compute_problem_text")
    # Counts.
    attempt_count = fields.Integer(string="Our Charges", readonly=True, copy=False)
    charge_count = fields.Integer(
        string="Charges at the Provider", readonly=True, copy=False
    )
    payment_count = fields.Integer(string="Payments", readonly=True, copy=False)
    matched_count = fields.Integer(string="Matched", readonly=True, copy=False)
    open_count = fields.Integer(string="Under Way", readonly=True, copy=False)
    difference_count = fields.Integer(string="Differences", readonly=True, copy=False)
    foreign_count = fields.Integer(
        string="Charges of Others",
        readonly=True,
        copy=False,
        help="Charges on the provider's account that autopay of this database did not "
        "make.",
    )
    line_ids = fields.One2many(
        "autopay.reconciliation.line", "reconciliation_id", readonly=True
    )
    difference_ids = fields.One2many(
        "autopay.reconciliation.line",
        "reconciliation_id",
        string="Listed Differences",
        domain=[("is_difference", "=", True)],
        readonly=True,
    )
    total_ids = fields.One2many(
        "autopay.reconciliation.total", "reconciliation_id", readonly=True
    )

    @api.model
    def _get_default_date(self, days):
        today = self.env.company._get_autopay_today()
        return fields.Date.add(today, days=days)

    @api.model
    def _get_provider_choices(self):
        """Return the providers that charge, or did, as choices: (id, name)."""
        own = Domain("company_id", "in", self.env.companies.ids)
        tokens = self.env["payment.token"].sudo().with_context(active_test=False)
        charged = [group[0].id for group in tokens._read_group([], ["provider_id"])]
        used = Domain("state", "!=", "disabled") | Domain("id", "in", charged)
        domain = used & (Domain("company_id", "!=", False) if self.env.su else own)
        providers = self.env["payment.provider"].sudo().search(domain)
        return [(str(provider.id), provider.name) for provider in providers]

    # === COMPUTE METHODS === #

    @api.depends("provider_choice")
    def _compute_provider_id(self):
        for record in self:
            record.provider_id = int(record.provider_choice or 0)

    @api.depends_context("lang")
    @api.depends("provider_id", "date_from", "date_to")
    def _compute_name(self):
        for record in self:
            provider = record.provider_id.sudo().name
            record.name = provider and self.env._(
                "%(provider)s, %(first)s to %(last)s",
                provider=provider,
                first=say_day(self.env, record.date_from, year=True),
                last=say_day(self.env, record.date_to, year=True),
            )

    @api.depends_context("lang")
    @api.depends("problem")
    def _compute_problem_text(self):
        for record in self:
            problem = record.problem
            record.problem_text = problem and get_problem_sentence(self.env, problem)

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if any(record.date_from > record.date_to for record in self):
            raise ValidationError(self.env._("The period ends before it begins."))
        if any(
            record.date_from > record.company_id._get_autopay_today() for record in self
        ):
            raise ValidationError(self.env._("The period has not begun yet."))

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: what was compared stays what it was compared for."""
        asked = {"provider_choice", "date_from", "date_to"} & vals.keys()
        if asked and any(record.state != "draft" for record in self):
            raise UserError(
                self.env._("This was compared already. Make a new reconciliation.")
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_compare(self):
        """Compare attempts, charges and payments of the period, now."""
        self.ensure_one()
        check_billing(self)
        self.check_access("write")
        self.sudo()._compare()

    def action_view_lines(self):
        """Open the lines, with the differences on top."""
        self.ensure_one()
        xml_id = "autopay.autopay_reconciliation_line_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        action["domain"] = [("reconciliation_id", "=", self.id)]
        action["context"] = {
            "search_default_difference": bool(self.difference_count),
            "search_default_group_by_kind": True,
        }
        return action

    def action_export(self):
        """Return the lines and the totals as a spreadsheet to download."""
        self.ensure_one()
        self.check_access("read")
        return self.env["autopay.sheet"]._get_download(self)

    # === BUSINESS METHODS - COMPARE === #

    def _get_period(self):
        """Return the first and the last moment of the period, in UTC without zone."""
        self.ensure_one()
        zone = pytz.timezone(self.company_id._get_autopay_tz())
        ends = [(self.date_from, time.min), (self.date_to, time.max)]
        local = [zone.localize(datetime.combine(*end)) for end in ends]
        return [
            moment.astimezone(timezone.utc).replace(tzinfo=None) for moment in local
        ]

    def _compare(self):
        """Read the provider's charges, match them and keep what was found."""
        self.ensure_one()
        matching = self.env["autopay.reconciliation.matching"]
        sides = matching._get_sides(self)
        reading = self._read_charges(sides)
        stage = self.env["autopay.stage"]
        stage._apply_committed(self._record, self, sides, reading)

    def _read_charges(self, sides):
        """Return the provider's charges, or None when it cannot be asked."""
        try:
            account = self.provider_id._get_autopay_gateway()
        except ValueError as error:
            return Reading((), False, str(error))
        if not account or not account.history:
            return None
        # Nothing is held in the database while the provider is asked.
        self.env["autopay.stage"]._commit()
        history = account.history
        reading = history.list_charges(sides.since, sides.until)
        return history.add_charges_of(sides.get_unseen_refs(reading), reading)

    def _record(self, records, sides, reading):
        """Match and write down the result; the only writes of this transaction."""
        record = records.try_lock_for_update(allow_referencing=True)
        if not record:
            raise UserError(self.env._("This is being compared already."))
        matching = self.env["autopay.reconciliation.matching"]
        cases, foreign = matching._match(record, sides, reading)
        kinds = [case.kind() for case in cases]
        record.line_ids.unlink()
        record.total_ids.unlink()
        self.env["autopay.reconciliation.line"].create(
            record._prepare_lines(cases, kinds)
        )
        self.env["autopay.reconciliation.total"].create(record._prepare_totals(cases))
        record.write(record._prepare_result_vals(cases, kinds, foreign, reading))
        return record

    def _prepare_lines(self, cases, kinds):
        """Return the lines; the daily check keeps what differs only."""
        line = self.env["autopay.reconciliation.line"]
        vals_list = line._prepare_vals_list(self, cases, kinds)
        if self.trigger == "manual":
            return vals_list
        return [vals for vals in vals_list if vals["is_difference"]]

    def _prepare_totals(self, cases):
        """Return a total of each side for each currency."""
        sums = defaultdict(Counter)
        for case in cases:
            for currency, side, amount in get_amounts(case):
                sums[currency][side] += amount
        total = self.env["autopay.reconciliation.total"]
        return total._prepare_vals_list(self, sums)

    def _prepare_result_vals(self, cases, kinds, foreign, reading):
        counts = Counter(kinds)
        differences = sum(kind not in const.AGREEING_KINDS for kind in kinds)
        return {
            "state": get_state(differences, reading),
            "compared_date": fields.Datetime.now(),
            "provider_asked": reading is not None,
            "problem": reading.problem if reading else False,
            "attempt_count": sum(bool(case.attempt) for case in cases),
            "charge_count": sum(bool(case.charge) for case in cases),
            "payment_count": sum(len(case.payments) for case in cases),
            "matched_count": counts["matched"],
            "open_count": counts["open"],
            "difference_count": differences,
            "foreign_count": foreign,
        }
