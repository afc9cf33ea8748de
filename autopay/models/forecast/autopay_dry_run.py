from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ... import const
from ...fields import Day
from ...words.days import say_day

# The question that is asked; a report keeps the one that it answers.
QUESTION_FIELDS = {
    "company_ids",
    "partner_ids",
    "date_from",
    "date_to",
    "configuration_id",
    "trial_values",
}


class AutopayDryRun(models.Model):
    """A saved answer to: what would be charged in these days, and what would not?

    Nothing is charged, and nothing but the answer is written.
    """

    _name = "autopay.dry.run"
    _inherit = "autopay.default.guard"
    _description = "Charge Preview"
    _order = "id desc"

    name = fields.Char(compute="_compute_name", store=True)
    state = fields.Selection(
        const.forecast.DRY_RUN_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    # The question.
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.companies,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        domain="[('parent_id', '=', False)]",
        help="Empty: all customers with invoices on autopay.",
    )
    date_from = Day(
        string="From",
        required=True,
        default=lambda self: self.env.company._get_autopay_today(),
    )
    date_to = Day(
        string="To",
        required=True,
        default=lambda self: fields.Date.add(
            self.env.company._get_autopay_today(), days=30
        ),
    )
    # The answer.
    run_date = fields.Datetime(string="Computed on", readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users", string="Computed by", readonly=True, copy=False
    )
    line_ids = fields.One2many("autopay.dry.run.line", "dry_run_id", readonly=True)
    charge_ids = fields.One2many(
        "autopay.dry.run.line",
        "dry_run_id",
        string="Would Be Charged",
        domain=[("result", "=", "charge")],
        readonly=True,
    )
    skip_ids = fields.One2many(
        "autopay.dry.run.line",
        "dry_run_id",
        string="Would Not Be Charged",
        domain=[("result", "=", "skip")],
        readonly=True,
    )
    total_ids = fields.One2many("autopay.dry.run.total", "dry_run_id", readonly=True)
    charge_count = fields.Integer(string="Charges", compute="_compute_counts")
    skip_count = fields.Integer(string="Not Charged", compute="_compute_counts")
    total = fields.Char(string="Would Be Collected", compute="_compute_counts")
    is_combined = fields.Boolean(
        compute="_compute_counts", help="Some invoices become one charge."
    )

    configuration_id = fields.Many2one(
        "autopay.configuration",
        string="Payment Rule",
        ondelete="set null",
        help="The payment rule that is tried out, if it was saved.",
    )
    trial_values = fields.Json(
        help="What the payment rule said when it was tried out, saved or not."
    )
    trial_words = fields.Char(
        string="Payment Rule on Trial",
        compute="_compute_trial_words",
        compute_sudo=True,
        store=True,
        help="Decided with as if it were saved and enabled.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_ids", "date_from", "date_to", "trial_words")
    def _compute_name(self):
        for record in self:
            period = self.env._(
                "%(first)s to %(last)s",
                first=say_day(self.env, record.date_from, year=True),
                last=say_day(self.env, record.date_to, year=True),
            )
            record.name = f"{record._get_subject()}, {period}"

    def _get_subject(self):
        """Return who or what is asked about, as few words."""
        count = len(self.partner_ids)
        if count > 1:
            return self.env._("%s customers", count)
        return self.partner_ids.display_name or self.env._("All customers")

    @api.depends("line_ids", "total_ids")
    def _compute_counts(self):
        groups = self.env["autopay.dry.run.line"]._read_group(
            [("dry_run_id", "in", self.ids)],
            ["dry_run_id", "result"],
            ["__count", "together_amount:max"],
        )
        counts = {(run.id, result): count for run, result, count, _most in groups}
        combined = {run.id for run, _result, _count, most in groups if most}
        for record in self:
            record.charge_count = counts.get((record.id, "charge"), 0)
            record.skip_count = counts.get((record.id, "skip"), 0)
            record.is_combined = record.id in combined
            record.total = ", ".join(
                currency.format(sum(totals.mapped("amount")))
                for currency, totals in record.total_ids.grouped("currency_id").items()
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        today = self.env.company._get_autopay_today()
        for record in self:
            if record.date_from > record.date_to:
                raise ValidationError(self.env._("The period ends before it begins."))
            if record.date_to < today:
                raise ValidationError(
                    self.env._("The period is over: a charge preview looks ahead.")
                )
            if (record.date_to - today).days > const.forecast.DRY_RUN_DAYS:
                raise ValidationError(
                    self.env._(
                        "A charge preview looks at most %s days ahead.",
                        const.forecast.DRY_RUN_DAYS,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: an answer keeps its question."""
        if QUESTION_FIELDS & vals.keys() and any(rec.state == "done" for rec in self):
            raise UserError(self.env._("This preview is done. Make a new one."))
        res = super().write(vals)
        # The words tell the names of what is tried out.
        if vals.keys() & {"configuration_id", "trial_values"}:
            self._check_trial()
        return res

    # === ACTION METHODS === #

    def action_run(self):
        """Compute what would be charged in the period, keep it and show it."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "done":
            raise UserError(self.env._("This preview is done. Make a new one."))
        self._run()
        # A page shows it by itself, a dialog would close.
        in_dialog = self.env.context.get("autopay_dry_run_target") == "new"
        return self._get_action() if in_dialog else True

    def action_run_again(self):
        """Ask the same once more, as of now, and open the answer."""
        self.ensure_one()
        again = self.copy()
        again.action_run()
        return again._get_action()

    def action_view_charges(self):
        """Open what would be charged."""
        return self._get_line_action("charge")

    def action_view_skips(self):
        """Open what would not be charged."""
        return self._get_line_action("skip")

    def action_export(self):
        """Return lists and totals as a spreadsheet to download."""
        self.ensure_one()
        self.check_access("read")
        return self.env["autopay.sheet"]._get_download(self)

    # === BUSINESS METHODS === #

    def _get_action(self):
        """Return the action that shows this dry run, in a dialog if it began in one."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Charge Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": self.env.context.get("autopay_dry_run_target", "current"),
            "context": {"dialog_size": "extra-large"},
        }

    def _get_line_action(self, result):
        self.ensure_one()
        xml_id = "autopay.autopay_dry_run_line_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        domain = [("dry_run_id", "=", self.id), ("result", "=", result)]
        return {**action, "domain": domain, "context": {}}

    def _run(self):
        """Write down the answer; the only writes of this model."""
        self._check_trial()
        # Decisions are made about the state in the database.
        self.env.flush_all()
        # Odoo refuses companies that are not the user's.
        reader = self.with_context(allowed_company_ids=self.company_ids.ids)
        moves = reader.env["account.move"].search(self._get_move_domain())
        lines = []
        for company, company_moves in moves.sudo().grouped("company_id").items():
            lines += reader.sudo()._get_lines(company, company_moves)
        totals = self.env["autopay.dry.run.total"]._prepare_vals_list(lines)
        self.sudo().write(
            {
                "state": "done",
                "run_date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "line_ids": [fields.Command.create(line) for line in lines],
                "total_ids": [fields.Command.create(total) for total in totals],
            }
        )

    def _get_move_domain(self):
        """Return the open invoices that are asked about."""
        domain = Domain("company_id", "in", self.company_ids.ids)
        domain &= self.env["account.move"]._get_autopay_open_domain()
        if not self.partner_ids:
            return domain & Domain("autopay_status", "!=", False)
        payers = self.partner_ids.commercial_partner_id
        return domain & Domain("commercial_partner_id", "in", payers.ids)

    def _get_lines(self, company, moves):
        """Return the lines of one company's invoices, as values."""
        model = self.env["autopay.forecast"].with_company(company)
        trial = self._get_trial()
        if trial.company_id != company:
            trial = None
        forecast = model._forecast(company, moves, self.date_to, trial)
        try:
            return self._prepare_lines(forecast)
        finally:
            model._forget(forecast)

    def _prepare_lines(self, forecast):
        line = self.env["autopay.dry.run.line"]
        return [
            *(
                line._prepare_charge(charge)
                if charge.day >= self.date_from
                else line._prepare_early(charge)
                for charge in forecast.charges
            ),
            *map(line._prepare_skip, forecast.blocked.values()),
        ]

    # === TRIAL === #

    @api.depends("trial_values")
    def _compute_trial_words(self):
        # A form asks for the words before anything is saved.
        self._check_trial()
        for record in self:
            record.trial_words = (
                record.trial_values and record._get_trial()._get_words()
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: the words tell the names of what is tried out."""
        records = super().create(vals_list)
        records._check_trial()
        return records

    def _check_trial(self):
        """Let only those try something out who may read all that it names.

        :raises AccessError: when the user may not, whoever computes for him
        :raises UserError: when the values are not those of a configuration
        """
        for record in self.sudo(False):
            record.configuration_id._origin.check_access("read")
            record._get_trial()._check_readable()

    def _get_trial(self):
        """Return the configuration on trial, not saved; empty without one."""
        model = self.env["autopay.configuration"]
        if not self.trial_values:
            return model
        origin = self.configuration_id.exists()
        return model._restore(self.trial_values, origin)
