from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ... import const
from ...rights import check_billing
from ...words.days import say_day
from ...words.invoices.series import get_series_words

STATES = [
    ("waiting", "Not Begun"),
    ("running", "Running"),
    ("canceled", "First Invoice Cancelled"),
    ("stopped", "Stopped"),
    ("ended", "Ended"),
]

# Odoo links the invoices of a series with the first one when that is posted.
QUERY = """
    WITH piece AS (
        SELECT auto_post_origin_id AS series_id, id, state, auto_post, date, company_id,
               autopay_status
          FROM account_move
         WHERE auto_post_origin_id IS NOT NULL AND move_type = 'out_invoice'
     UNION ALL
        SELECT id, id, state, auto_post, date, company_id, autopay_status
          FROM account_move
         WHERE auto_post_origin_id IS NULL AND state = 'draft'
           AND auto_post IN ('monthly', 'quarterly', 'yearly')
           AND move_type = 'out_invoice'
    ), series AS (
        SELECT piece.series_id,
               ARRAY_AGG(piece.id) AS move_ids,
               COUNT(*) FILTER (WHERE state = 'posted') AS done_count,
               COUNT(*) FILTER (
                   WHERE state = 'posted' AND autopay_status = 'error'
               ) AS failed_count,
               (ARRAY_AGG(piece.id ORDER BY piece.date, piece.id) FILTER (
                   WHERE state = 'draft'
                     AND auto_post IN ('monthly', 'quarterly', 'yearly')
               ))[1] AS next_id,
               (ARRAY_AGG(piece.id ORDER BY piece.date DESC, piece.id DESC) FILTER (
                   WHERE state = 'posted'
               ))[1] AS last_id
          FROM piece
          JOIN res_company company ON company.id = piece.company_id
         WHERE company.autopay_known
      GROUP BY piece.series_id
    )
    SELECT series.series_id AS id, series.series_id AS origin_id,
           series.next_id AS next_move_id, series.last_id AS last_move_id,
           shown.commercial_partner_id AS partner_id, shown.company_id,
           shown.currency_id, shown.amount_total AS amount,
           shown.auto_post AS period, shown.auto_post_until AS until_date,
           following.date AS next_date,
           series.done_count, series.failed_count,
           COALESCE(collected.amount, 0) AS collected_amount,
           policy.code AS policy,
           shown.autopay_status IS NOT NULL AS is_marked,
           shown.autopay_status IS NOT NULL OR (
               following.id IS NOT NULL AND policy.code = 'automatic'
               AND company.autopay_enabled AND (
                   COALESCE(
                       payer.autopay_token_id ->> company.id::text, 'false'
                   ) != 'false'
                   OR EXISTS (
                       SELECT FROM autopay_configuration configuration
                        WHERE configuration.partner_id = payer.id
                          AND configuration.company_id = company.id
                          AND configuration.enabled
                   )
               )
           ) AS is_on_autopay,
           CASE WHEN origin.state = 'cancel' THEN 'canceled'
                WHEN following.id IS NOT NULL AND series.done_count = 0 THEN 'waiting'
                WHEN following.id IS NOT NULL THEN 'running'
                WHEN last.auto_post_until < (
                         origin.date + MAKE_INTERVAL(months => (
                             12 * (EXTRACT(YEAR FROM last.date)
                                   - EXTRACT(YEAR FROM origin.date))
                             + EXTRACT(MONTH FROM last.date)
                             - EXTRACT(MONTH FROM origin.date)
                             + CASE last.auto_post WHEN 'monthly' THEN 1
                                                   WHEN 'quarterly' THEN 3
                                                   ELSE 12 END
                         )::integer)
                     )::date THEN 'ended'
                ELSE 'stopped'
           END AS state
      FROM series
      JOIN account_move origin ON origin.id = series.series_id
 LEFT JOIN account_move following ON following.id = series.next_id
 LEFT JOIN account_move last ON last.id = series.last_id
      JOIN account_move shown
        ON shown.id = COALESCE(series.next_id, series.last_id, series.series_id)
      JOIN res_company company ON company.id = shown.company_id
 LEFT JOIN res_partner payer ON payer.id = shown.commercial_partner_id
CROSS JOIN LATERAL (
        SELECT COALESCE(
                   NULLIF(payer.autopay_policy ->> company.id::text, 'false'),
                   company.autopay_policy
               ) AS code
       ) policy
 LEFT JOIN LATERAL (
        SELECT SUM(line.amount) AS amount
          FROM autopay_attempt_line line
          JOIN autopay_attempt attempt ON attempt.id = line.attempt_id
         WHERE line.move_id = ANY(series.move_ids) AND attempt.state = 'succeeded'
       ) collected ON TRUE
"""


class AutopaySeries(models.Model):
    """A customer invoice that Odoo repeats, with all that it has made of it."""

    _name = "autopay.series"
    _inherit = "autopay.default.guard"
    _description = "Series of Recurring Invoices"
    _auto = False
    _order = "next_date, id desc"
    _rec_name = "origin_id"
    # Read here, so that changes that are not saved yet count as well.
    _depends = {
        "account.move": [
            "amount_total",
            "auto_post",
            "auto_post_origin_id",
            "auto_post_until",
            "autopay_status",
            "commercial_partner_id",
            "company_id",
            "currency_id",
            "date",
            "move_type",
            "state",
        ],
        "autopay.attempt": ["state"],
        "autopay.attempt.line": ["amount", "attempt_id", "move_id"],
        "autopay.configuration": ["company_id", "enabled", "partner_id"],
        "res.company": ["autopay_enabled", "autopay_known", "autopay_policy"],
        "res.partner": ["autopay_policy", "autopay_token_id"],
    }

    origin_id = fields.Many2one("account.move", string="First Invoice", readonly=True)
    next_move_id = fields.Many2one("account.move", string="Next Invoice", readonly=True)
    last_move_id = fields.Many2one("account.move", string="Last Invoice", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="What the next invoice comes to, or the last one came to.",
    )
    period = fields.Selection(
        lambda self: self._get_periods(), string="Repeats", readonly=True
    )
    until_date = fields.Date(string="Until", readonly=True)
    next_date = fields.Date(
        string="Next Invoice on",
        readonly=True,
        help="The day on which Odoo posts the next invoice. It is charged on its own "
        "autopay date.",
    )
    done_count = fields.Integer(string="Posted", readonly=True)
    progress = fields.Char(
        string="Done",
        compute="_compute_progress",
        compute_sudo=True,
        help="The invoices that are posted, and how many there will be in all.",
    )
    failed_count = fields.Integer(
        string="Failed",
        readonly=True,
        help="Posted invoices whose last charge failed.",
    )
    collected_amount = fields.Monetary(
        string="Collected",
        readonly=True,
        aggregator=None,
        help="What autopay has collected for its invoices.",
    )
    is_on_autopay = fields.Boolean(
        string="On Autopay",
        readonly=True,
        help="The next invoice is put on autopay when it is posted: somebody has "
        "marked it, or the policy Automatic does so for a customer who has a payment "
        "method.",
    )
    is_marked = fields.Boolean(
        string="Marked for Autopay",
        readonly=True,
        help="Somebody has put the next invoice, or the last one, on autopay.",
    )
    policy = fields.Selection(
        const.invoice.POLICIES,
        readonly=True,
        help="The policy of the customer, or else that of the company.",
    )
    state = fields.Selection(STATES, readonly=True)
    explanation = fields.Text(compute="_compute_explanation", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.model
    def _get_periods(self):
        """Return how often Odoo repeats entries, in its own words."""
        field = self.env["account.move"]._fields["auto_post"]
        return field._description_selection(self.env)

    @api.depends("next_move_id", "done_count", "until_date")
    def _compute_progress(self):
        for series in self:
            done = series.done_count
            left = series.next_move_id._count_autopay_repeats()
            series.progress = (
                self.env._("%(done)s of %(total)s", done=done, total=done + left)
                if left or series.state == "ended"
                else str(done)
            )

    @api.depends_context("lang")
    @api.depends("state", "next_move_id", "is_on_autopay", "is_marked", "policy")
    def _compute_explanation(self):
        for series in self:
            series.explanation = get_series_words(
                self.env,
                series,
                day=series.next_date and say_day(self.env, series.next_date),
                reason=series._get_off_reason(),
            )

    def _get_off_reason(self):
        """Return why the next invoice would not be charged, as of now; or nothing."""
        self.ensure_one()
        wanted = self.is_on_autopay or self.policy == "automatic"
        if not self.next_move_id or not wanted:
            return ""
        readiness = self.env["autopay.readiness"]
        found = readiness._judge(self.company_id, self.partner_id)[self.partner_id]
        if not found.code:
            return ""
        return dict(readiness._get_selection()).get(found.value, "")

    @property
    def _table_query(self):
        return SQL(QUERY)

    # === ACTION METHODS === #

    def action_view_moves(self):
        """Open the invoices of these series."""
        self.check_access("read")
        xml_id = "autopay.account_move_action_autopay"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        domain = [
            "|",
            ("auto_post_origin_id", "in", self.origin_id.ids),
            ("id", "in", self.origin_id.ids),
        ]
        context = {"default_move_type": "out_invoice", "create": False}
        name = self.env._("Invoices of the Series")
        action.update(name=name, display_name=name)
        return {**action, "domain": domain, "context": context}

    def action_make_eligible(self):
        """Put the next invoices on autopay; those after them inherit it."""
        return self._take_next().action_autopay_make_eligible()

    def action_remove(self):
        """Take the next invoices off autopay, and with them those to come.

        :raises UserError: when the policy puts them there again
        """
        moves = self._take_next()
        if ruled := self.filtered(lambda series: series.policy == "automatic"):
            raise UserError(
                self.env._(
                    "The policy Automatic puts the invoices of %s on autopay when they "
                    "are posted. Choose another policy for the customer, or stop the "
                    "series.",
                    ruled[0].partner_id.display_name,
                )
            )
        return moves.action_autopay_remove()

    def action_stop(self):
        """Have nothing be posted any more; the next invoice stays as a draft."""
        moves = self._take_next()
        moves.write({"auto_post": "no"})
        body = self.env._(
            "%s stopped the series: this invoice stays a draft, and no other one is "
            "made.",
            self.env.user.name,
        )
        for move in moves:
            move._message_log(body=body)
        return True

    # === BUSINESS METHODS === #

    def _take_next(self):
        """Return the next invoices of these series, as billing users may change them.

        :raises UserError: when none of them goes on
        """
        check_billing(self)
        self.check_access("read")
        moves = self.next_move_id
        if not moves:
            raise UserError(
                self.env._(
                    "The series has no next invoice: there is nothing to change."
                )
            )
        moves.check_access("write")
        moves._lock_autopay()
        return moves
