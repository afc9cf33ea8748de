from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ...rights import check_billing
from ...words.invoices.parts import get_parts_words
from .autopay_charge_now_line import LINE_FACTS

# Blockers of a chosen method that the customer has not authorized yet.
AUTHORIZATION_BLOCKERS = ("no_authorization", "authorization_revoked")


class AutopayChargeNow(models.TransientModel):
    """Shows what charging invoices now would do, does it, and shows the result."""

    _name = "autopay.charge.now"
    _inherit = "autopay.charge.now.offer"
    _description = "Charge Invoices Now"

    state = fields.Selection(
        [("draft", "To Charge"), ("done", "Done")], default="draft", readonly=True
    )
    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    payer_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_payer_id"
    )
    autopay_available_token_ids = fields.Many2many(
        "payment.token",
        compute="_compute_autopay_available_token_ids",
        compute_sudo=True,
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        compute="_compute_token_id",
        store=True,
        readonly=False,
        help="Empty: the method of each invoice or customer.",
    )
    is_unauthorized = fields.Boolean(compute="_compute_is_unauthorized")
    authorize = fields.Boolean(
        string="The customer has authorized this method",
        help="Records an authorization in your name. Leave it unticked unless the "
        "customer has agreed.",
    )
    ready_ids = fields.One2many(
        "autopay.charge.now.line",
        "wizard_id",
        domain=[("blocker", "=", False)],
        compute="_compute_ready_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    skipped_ids = fields.One2many(
        "autopay.charge.now.line",
        "wizard_id",
        domain=[("blocker", "!=", False)],
        compute="_compute_skipped_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    line_ids = fields.One2many("autopay.charge.now.line", "wizard_id", readonly=True)
    ready_count = fields.Integer(compute="_compute_totals")
    charge_count = fields.Integer(compute="_compute_totals")
    skip_count = fields.Integer(compute="_compute_totals")
    skip_summary = fields.Char(
        compute="_compute_totals", help="How many are skipped, by reason."
    )
    total = fields.Char(string="To Charge", compute="_compute_totals")
    off_names = fields.Char(
        compute="_compute_off_names",
        help="The customers for whom autopay is off, among those to charge.",
    )
    needs_confirmation = fields.Boolean(compute="_compute_needs_confirmation")
    is_confirmed = fields.Boolean(
        string="I have checked the amount",
        help="Asked for above the amount that Settings name for Charge Now.",
    )
    changes = fields.Text(
        readonly=True,
        help="What is not as it was shown when somebody clicked on Charge.",
    )
    result = fields.Char(compute="_compute_result")

    # === COMPUTE METHODS === #

    @api.depends("move_ids")
    def _compute_payer_id(self):
        for wizard in self:
            payers = wizard._get_moves().commercial_partner_id
            wizard.payer_id = payers if len(payers) == 1 else False

    @api.depends("move_ids")
    def _compute_autopay_available_token_ids(self):
        """Offer what can pay all the invoices, whichever companies they are of."""
        for wizard in self:
            payer, companies = wizard.payer_id, wizard.move_ids._origin.company_id
            found = [
                payer.with_company(company).autopay_available_token_ids
                for company in companies
            ]
            wizard.autopay_available_token_ids = self.env["payment.token"].browse(
                set.intersection(*(set(each._ids) for each in found)) if found else ()
            )

    @api.depends("move_ids")
    def _compute_token_id(self):
        """Propose the method when one would pay all the invoices."""
        for wizard in self:
            found = wizard._get_moves()._get_autopay_tokens("now").values()
            tokens = self.env["payment.token"].union(*found)
            same = wizard.payer_id and len(tokens) == 1
            wizard.token_id = tokens if same else False

    @api.depends("token_id", "payer_id")
    def _compute_is_unauthorized(self):
        for wizard in self:
            blockers = {decision.blocker for decision in wizard._decide().values()}
            wizard.is_unauthorized = bool(
                wizard.token_id and blockers & set(AUTHORIZATION_BLOCKERS)
            )

    @api.depends("move_ids", "token_id", "authorize")
    def _compute_ready_ids(self):
        for wizard in self.filtered(lambda wizard: wizard.state == "draft"):
            wizard.ready_ids = wizard._get_line_commands(is_skipped=False)

    @api.depends("move_ids", "token_id", "authorize")
    def _compute_skipped_ids(self):
        for wizard in self.filtered(lambda wizard: wizard.state == "draft"):
            wizard.skipped_ids = wizard._get_line_commands(is_skipped=True)

    @api.depends("ready_ids.blocker", "ready_ids.is_chosen", "skipped_ids.blocker")
    def _compute_totals(self):
        reasons = self.ready_ids._fields["blocker"]
        labels = dict(reasons._description_selection(self.env))
        for wizard in self:
            charged = wizard._get_chosen_lines()
            lines = wizard._get_lines()
            skipped = lines.filtered("blocker")
            wizard.charge_count = len(charged)
            wizard.ready_count = len(lines - skipped)
            wizard.skip_count = len(skipped)
            wizard.skip_summary = ", ".join(
                f"{labels[blocker]}: {count}"
                for blocker, count in Counter(skipped.mapped("blocker")).most_common()
            )
            wizard.total = " + ".join(
                currency.format(sum(lines.mapped("amount")))
                for currency, lines in charged.grouped("currency_id").items()
            )

    @api.depends("ready_ids.blocker", "ready_ids.is_chosen")
    def _compute_off_names(self):
        for wizard in self:
            lines = wizard._get_chosen_lines()
            off = lines.filtered(lambda line: line.mark == "customer_off")
            payers = off.move_id.commercial_partner_id
            wizard.off_names = ", ".join(payers.mapped("display_name"))

    @api.depends("ready_ids.blocker", "ready_ids.is_chosen")
    def _compute_needs_confirmation(self):
        for wizard in self:
            by_company = wizard._get_chosen_lines().grouped("company_id")
            wizard.needs_confirmation = any(
                lines._is_above_limit(company) for company, lines in by_company.items()
            )

    @api.depends("ready_ids.outcome", "skipped_ids.outcome")
    def _compute_result(self):
        for wizard in self:
            lines = wizard._get_lines()
            counts = lines.grouped("outcome")
            labels = lines._fields["outcome"]._description_selection(self.env)
            wizard.result = ", ".join(
                f"{label}: {len(counts[outcome])}"
                for outcome, label in labels
                if outcome in counts
            )

    # === ONCHANGE METHODS === #

    @api.onchange("ready_ids", "token_id", "authorize")
    def _onchange_charged(self):
        """Have another sum confirmed anew."""
        self.is_confirmed = False

    # === ACTION METHODS === #

    def action_charge(self):
        """Charge the invoices that can be charged, and show what became of each.

        A second click does nothing more: the wizard is done, and so are its invoices.
        Where something has changed since it was shown, that is shown instead.
        """
        self.ensure_one()
        check_billing(self)
        self.move_ids.check_access("write")
        if self.state == "draft":
            known = self._prepare_all_lines(self._get_chosen_lines().move_id)
            facts = {vals["move_id"]: vals for vals in known}
            self.changes = self._get_changes(facts)
            self._refresh_lines(facts)
            if not self.changes:
                self._check_confirmed()
                self._record_authorization()
                self._charge()
        return self._get_action()

    def action_view_attempts(self):
        """Open the attempts that were made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_attempt_action"
        )
        domain = [("id", "in", self.ready_ids.attempt_id.ids)]
        return {**action, "domain": domain, "context": {}}

    # === BUSINESS METHODS === #

    def _get_chosen_lines(self):
        """Return the lines that a click would charge."""
        return self.ready_ids.filtered(lambda line: line.is_chosen and not line.blocker)

    def _get_lines(self):
        """Return the rows of both tabs."""
        return self.ready_ids | self.skipped_ids

    def _get_line_commands(self, is_skipped):
        """Return commands for the rows of one tab."""
        lines = self._prepare_all_lines()
        rows = [vals for vals in lines if bool(vals["blocker"]) == is_skipped]
        # Marked rows come last.
        return [Command.clear(), *map(Command.create, sorted(rows, key=_get_place))]

    def _refresh_lines(self, facts):
        """Read again what the rows show: a client may have sent only the ticks.

        :param dict facts: {move id: values of its line}, as they are now
        """
        if self.changes:
            # Another sum is confirmed anew.
            self.is_confirmed = False
        for line in self._get_lines():
            vals = facts.get(line.move_id.id, {})
            fresh = {name: vals.get(name) for name in LINE_FACTS}
            if line.is_chosen and self.changes:
                fresh["is_chosen"] = bool(vals) and not vals["blocker"]
            elif line.is_chosen:
                # The engine looks once more, and the result says what it found.
                del fresh["blocker"]
            line.write(fresh)
        # Rows may have got on the other tab.
        self.invalidate_recordset(["ready_ids", "skipped_ids"])

    def _get_changes(self, facts):
        """Return in words what is not as the ticked rows show it; empty when all is.

        :param dict facts: {move id: values of its line}, as they are now
        """
        changes = [
            words
            for line in self._get_chosen_lines()
            if (words := line._get_change(facts.get(line.move_id.id)))
        ]
        if not changes:
            return False
        lead = self.env._("Nothing was charged, as this has changed meanwhile:")
        return "\n".join([lead, *changes])

    def _check_confirmed(self):
        """Let nobody charge a large sum by one click.

        :raises UserError: when the sum is above the company's limit and not confirmed
        """
        if self.needs_confirmation and not self.is_confirmed:
            raise UserError(
                self.env._(
                    "%(total)s is more than may be charged by one click: confirm the "
                    "amount first.",
                    total=self.total,
                )
            )

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Charge Now"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_moves(self):
        """Return the documents, to those who may read them.

        A form asks before anything is saved, when no rule has looked at them.

        :raises AccessError: when the user may not, whoever computes for him
        """
        moves = self.move_ids._origin
        moves.sudo(False).check_access("read")
        return moves

    def _get_tokens(self):
        """Return {move id: token} where a person chose another method than the rules.

        What is merely proposed is charged by the rules, and within their caps.
        """
        token = self.token_id.sudo()
        if not token:
            return {}
        by_rules = self.move_ids._origin.sudo()._get_autopay_tokens("now")
        return {move_id: token for move_id in by_rules if by_rules[move_id] != token}

    def _decide(self, first=None):
        """Return {move: Decision} for the customer invoices among the documents.

        :param first: the documents whose turn it is first: what is not charged uses up
            no limit per month
        """
        invoices = self._get_moves().sudo() - self._get_other_documents()
        invoices = (first or invoices).sudo() & invoices | invoices
        decision = self.env["autopay.decision"].sudo()
        return decision._decide(invoices, "now", self._get_tokens())

    def _record_authorization(self):
        """Record in the user's name that the customer has authorized the method."""
        if not (self.authorize and self.is_unauthorized and self.payer_id):
            return
        for company in self.move_ids.company_id:
            self.env["autopay.authorization"]._record(
                self.payer_id, company, self.token_id, "staff"
            )

    def _charge(self):
        """Hand the invoices to the engine and keep what became of them."""
        chosen = self._get_chosen_lines().move_id
        moves = (chosen & self.move_ids) - self._get_other_documents()
        if not moves:
            raise UserError(self.env._("None of these invoices can be charged now."))
        self.state = "done"
        # Defaults that callers bring along must not come into what the engine makes.
        clean = self.with_context(clean_context(self.env.context))
        engine = clean.env["autopay.engine"].sudo()
        shown = {line.move_id.id: line.amount for line in self._get_chosen_lines()}
        runs = engine._charge_now(
            moves.sudo().with_env(engine.env), clean._get_tokens(), shown
        )
        self._save_outcomes(runs)

    def _save_outcomes(self, runs):
        attempts = {
            line.move_id.id: line.attempt_id for line in runs.attempt_ids.line_ids
        }
        decisions = self._decide()
        mine = self._get_lines().filtered(lambda line: line.move_id in decisions)
        (self._get_lines() - mine).outcome = "skipped"
        for line in mine:
            attempt = attempts.get(line.move_id.id)
            if not (line.is_chosen or line.blocker):
                line.outcome = "left"
            elif attempt:
                line._set_outcome(attempt)
            else:
                line._set_skipped(decisions[line.move_id], runs)

    def _prepare_other_vals(self, move):
        return {
            "move_id": move.id,
            "currency_id": move.currency_id.id,
            "amount": move.amount_residual,
            "blocker": "not_an_invoice",
            "explanation": self.env._("Autopay collects customer invoices only."),
        }

    def _prepare_all_lines(self, first=None):
        """Return what would happen to each document.

        :param first: the documents that are decided about first
        """
        others = map(self._prepare_other_vals, self._get_other_documents())
        return [*self._prepare_lines(first), *others]

    def _prepare_lines(self, first=None):
        """Return what would happen to each customer invoice."""
        decisions = self._decide(first)
        invoices = self.env["account.move"].union(*decisions)
        # The engine's own word, without a person who has decided.
        alone = (
            self.env["autopay.decision"]
            .sudo()
            ._decide(invoices, "scheduled", self._get_tokens())
        )
        return [
            self._prepare_line_vals(decision, alone[move])
            for move, decision in decisions.items()
        ]

    def _get_ready_words(self, decision, mark):
        """Return what is to be known about an invoice that would be charged."""
        discount = self.env["autopay.discount"]._get_words(decision)
        parts = get_parts_words(self.env, decision)
        return ". ".join(filter(None, (mark, discount, parts))) or mark

    def _prepare_line_vals(self, decision, alone):
        """Return what would happen to one invoice.

        :param alone: the ``Decision`` of the engine by itself
        """
        lacks_authorization = decision.blocker in AUTHORIZATION_BLOCKERS
        blocker = not (self.authorize and lacks_authorization) and decision.blocker
        labels = dict(self.ready_ids._get_mark_selection())
        mark = not blocker and self.ready_ids._get_mark(labels, alone)
        return {
            "move_id": decision.move.id,
            "currency_id": decision.move.currency_id.id,
            "amount": decision.amount,
            "method": bool(decision.token) and decision.token._get_autopay_label(),
            "blocker": blocker,
            "explanation": (
                decision.get_words(self.env)
                if blocker
                else self._get_ready_words(decision, labels.get(mark))
            ),
            "mark": mark,
            # One invoice was chosen on purpose, many perhaps with a whole page.
            "is_chosen": not blocker and (not mark or len(self.move_ids) == 1),
            "last_result": self.ready_ids._get_last_result(decision.move),
        }


def _get_place(line):
    """Return where a line stands: what has neither reason nor mark comes first."""
    return line["blocker"] or line.get("mark") or ""
