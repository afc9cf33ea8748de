from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ...const.authorization import CONSENT_CHANNELS
from ...fields import Day, limit_day
from ...rights import check_billing
from ...schedules import plans
from ...schedules.parts import Row
from ...words.plans import get_plan_text, get_precision_words, get_problem_words


class AutopayPlanWizard(models.TransientModel):
    """Divides what is open of an invoice into dated parts that a customer agreed to."""

    _name = "autopay.plan.wizard"
    _description = "Set Up a Payment Plan"

    move_id = fields.Many2one("account.move", string="Invoice", required=True)
    # With the rights of the user: a form asks before any rule has looked at it.
    company_id = fields.Many2one(related="move_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    open_amount = fields.Monetary(
        related="move_id.amount_residual", string="Open", related_sudo=False
    )
    is_change = fields.Boolean(related="move_id.autopay_planned", related_sudo=False)
    kind = fields.Selection(
        [
            ("equal", "Equal parts"),
            ("amount", "A fixed amount each time"),
            ("rows", "Amounts and days as typed"),
        ],
        string="Divide into",
        default="equal",
        required=True,
    )
    count = fields.Integer(string="Parts", default=4)
    amount = fields.Monetary(string="Each Time")
    first_date = Day(
        string="First Part on",
        compute="_compute_first_date",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    every = fields.Integer(default=1)
    unit = fields.Selection(
        [("week", "Weeks"), ("month", "Months")],
        default="month",
        required=True,
        help="Months are counted from the first part: the 31st is the last day of "
        "shorter months.",
    )
    line_ids = fields.One2many(
        "autopay.plan.wizard.line",
        "wizard_id",
        string="Parts of the Plan",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    problems = fields.Text(compute="_compute_problems")
    text = fields.Text(
        string="The Customer Agrees to",
        compute="_compute_problems",
        help="Kept with the plan, in the language of the customer.",
    )
    channel = fields.Selection(CONSENT_CHANNELS, string="Agreed by")
    agreed_date = Day(
        string="Agreed on",
        compute="_compute_first_date",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    # The button can be pressed twice.
    is_applied = fields.Boolean(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("move_id")
    def _compute_first_date(self):
        for wizard in self:
            company = wizard.company_id or self.env.company
            today = wizard.agreed_date = company._get_autopay_today()
            # Odoo's own dates may be any.
            invoiced = limit_day(wizard.move_id.invoice_date) or today
            wizard.first_date = max(today, invoiced)

    @api.depends("kind", "count", "amount", "first_date", "every", "unit", "move_id")
    def _compute_line_ids(self):
        for wizard in self:
            if wizard.kind == "rows":
                # Rows that were computed before can be changed one by one.
                wizard.line_ids = wizard.line_ids
                continue
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create({"sequence": number, "date": day, "amount": amount})
                    for number, (day, amount) in enumerate(wizard._divide(), start=1)
                ),
            ]

    @api.depends(
        "line_ids.date", "line_ids.amount", "move_id", "kind", "count", "every"
    )
    def _compute_problems(self):
        for wizard in self:
            problems = wizard._get_problems() if wizard.move_id else []
            wizard.problems = "\n".join(problems)
            wizard.text = not problems and wizard.move_id and wizard._get_text()

    # === ACTION METHODS === #

    def action_apply(self):
        """Give the invoice the plan.

        :raises UserError: what is wrong with it, row by row, or why there can be none
        """
        self.ensure_one()
        check_billing(self)
        move = self.move_id
        move.check_access("write")
        move._lock_autopay()
        if self.is_applied:
            return {"type": "ir.actions.act_window_close"}
        self._check_move()
        if problems := self._get_problems():
            raise UserError("\n".join(problems))
        if not self.channel or not self.agreed_date:
            raise UserError(
                self.env._("Say how and when the customer has agreed to these parts.")
            )
        if self.agreed_date > move.company_id._get_autopay_today():
            raise UserError(
                self.env._("The customer cannot have agreed in the future.")
            )
        self._set_up(move)
        self.is_applied = True
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _set_up(self, move):
        rows = [(line.date, line.amount) for line in self._get_lines()]
        text = self._get_text()
        vals = {
            "text": text,
            "lang": move.partner_id.lang,
            "channel": self.channel,
            "agreed_date": self.agreed_date,
        }
        # The user's own id is kept with it; the rights are those of autopay.
        self.env["autopay.plan"].sudo()._set_up(move.sudo(), rows, vals)
        group = next(iter(move._group_for_eligible()))
        if group in ("fresh", "retry"):
            move._set_autopay_eligible()
        move.sudo()._update_autopay_plan()
        move._message_log(body=self.env._("Payment plan: %s", text))

    def _check_move(self):
        """Check that the invoice can have a plan.

        :raises UserError: why not
        """
        move = self.move_id
        move._check_autopay_free()
        move._check_autopay_undisputed()
        is_open = move.state == "posted" and move._is_autopay_open()
        if move.move_type != "out_invoice" or not is_open:
            raise UserError(
                self.env._("Only posted customer invoices that are open have a plan.")
            )

    def _get_lines(self):
        return self.line_ids.sorted(lambda line: line.sequence)

    def _divide(self):
        """Return (date, amount) of the parts as they are asked for; none if unfit."""
        currency = self.currency_id
        if not (currency and self.first_date and self.every > 0):
            return []
        total = self._to_units(self.open_amount)
        count = self._get_count(total)
        if not 0 < count <= plans.MAX_ROWS:
            return []
        if self.kind == "equal":
            amounts = plans.divide_equally(total, count)
        else:
            amounts = plans.divide_by_amount(total, self._to_units(self.amount))
        try:
            days = plans.get_dates(self.first_date, count, self.every, self.unit)
        except (OverflowError, ValueError):
            # Beyond the calendar.
            return []
        return [
            (limit_day(day), currency.round(amount * currency.rounding))
            for day, amount in zip(days, amounts, strict=True)
        ]

    def _get_count(self, total):
        """Return into how many parts it is divided; 0 when that cannot be said."""
        if self.kind == "equal":
            return self.count
        each = self._to_units(self.amount)
        return plans.count_by_amount(total, each) if each > 0 else 0

    def _get_problems(self):
        """Return what is wrong, as sentences; empty when nothing is."""
        currency, lines = self.currency_id, self._get_lines()
        asked = self.kind != "rows" and self._get_count(
            self._to_units(self.open_amount)
        )
        if asked > plans.MAX_ROWS:
            problem = plans.Problem("many", amount=asked)
            return [get_problem_words(self.env, problem, [], currency)]
        unfit = self._find_unfit(lines)
        if unfit:
            return unfit
        rows = [Row(line.date, self._to_units(line.amount)) for line in lines]
        found = plans.find_problems(
            rows,
            self._to_units(self.open_amount),
            self.company_id._get_autopay_today(),
            self.move_id.invoice_date,
        )
        return [get_problem_words(self.env, each, rows, currency) for each in found]

    def _find_unfit(self, lines):
        """Return sentences about amounts that the currency does not have."""
        currency = self.currency_id
        return [
            get_precision_words(self.env, place, line.amount, currency)
            for place, line in enumerate(lines)
            if float_compare(
                line.amount,
                currency.round(line.amount),
                precision_rounding=currency.rounding / 100,
            )
        ]

    def _get_text(self):
        """Return what the customer agrees to, in the customer's language.

        :raises AccessError: when the user may not read the invoice
        """
        self.move_id.sudo(False).check_access("read")
        move = self.move_id.sudo()
        env = self.with_context(lang=move.partner_id.lang or self.env.lang).env
        rows = [(line.date, line.amount) for line in self._get_lines()]
        return get_plan_text(env, move.with_env(env), rows)

    def _to_units(self, amount):
        return round((amount or 0.0) / self.currency_id.rounding)
