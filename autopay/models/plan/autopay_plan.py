import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ... import const
from ...schedules.parts import Row
from ...schedules.plans import keep_paid
from ...words.plans import get_raised_words

# The name of the alarm about an invoice that was raised above its plan.
RAISED = "plan_raised"


class AutopayPlan(models.Model):
    """The amounts and days of one invoice that a customer agreed to; append-only.

    The entries of the invoice stay as they are: the plan says when autopay charges. A
    plan that is changed gives way to another one, which begins with what was paid.
    """

    _name = "autopay.plan"
    _inherit = ["autopay.default.guard", "autopay.status.source"]
    _description = "Payment Plan"
    _order = "id desc"
    _rec_name = "move_id"

    active = fields.Boolean(default=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who agreed to it.",
    )
    installment_ids = fields.One2many(
        "autopay.installment",
        "plan_id",
        string="Parts",
        readonly=True,
        context={"active_test": False},
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Of the invoice when it was agreed."
    )
    invoice_total = fields.Monetary(
        readonly=True,
        help="What the invoice came to, less its credit notes, when the plan was "
        "agreed. What is put on it later is in no part: somebody has to agree to that "
        "first.",
    )
    text = fields.Text(
        string="Agreed Text",
        required=True,
        readonly=True,
        help="The words the customer agreed to.",
    )
    text_hash = fields.Char(
        readonly=True, help="SHA-256 of the text: shows that it was not changed."
    )
    lang = fields.Char(string="Language", readonly=True)
    channel = fields.Selection(
        const.authorization.CONSENT_CHANNELS,
        string="Agreed by",
        required=True,
        readonly=True,
    )
    agreed_date = fields.Date(string="Agreed on", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Datetime(
        string="Recorded on",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    ended_date = fields.Datetime(string="Ended on", readonly=True)
    ended_by_id = fields.Many2one("res.users", string="Ended by", readonly=True)

    # One invoice has one plan; those before it are kept.
    _active_move_uniq = models.UniqueIndex(
        "(move_id) WHERE active", "This invoice has a payment plan already."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to seal the text with its hash."""
        for vals in vals_list:
            text = vals.get("text") or ""
            vals["text_hash"] = hashlib.sha256(text.encode()).hexdigest()
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: what was agreed never changes, it ends.

        :raises AccessError: for any other change
        """
        if not (self.env.su and vals.keys() <= {"active", "ended_date", "ended_by_id"}):
            raise AccessError(
                self.env._("A payment plan is not edited: change it on its invoice.")
            )
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _set_up(self, move, rows, vals):
        """Give an invoice a plan, in place of the one that it has.

        :param rows: (date, amount in major units) of the parts to come
        :param dict vals: what was agreed: text, lang, channel and agreed_date
        :return: the plan
        """
        kept = move.autopay_plan_id._get_kept(move)
        move.autopay_plan_id._end()
        plan = self.create(
            {
                **vals,
                "move_id": move.id,
                "company_id": move.company_id.id,
                "partner_id": move.commercial_partner_id.id,
                "currency_id": move.currency_id.id,
                "invoice_total": self._get_net_total(move),
                "user_id": self.env.uid,
                "installment_ids": [
                    fields.Command.create(
                        {"sequence": number, "date": day, "amount": amount}
                    )
                    for number, (day, amount) in enumerate([*kept, *rows], start=1)
                ],
            }
        )
        move._write_autopay({"autopay_planned": True})
        move.invalidate_recordset(["autopay_plan_id", "autopay_installment_ids"])
        self.env["autopay.notice.event"]._on_plan(plan)
        return plan

    def _get_kept(self, move):
        """Return (date, amount) of what is paid of the plan, oldest first."""
        if not self:
            return []
        currency = move.currency_id
        unit = currency.rounding
        rows = [
            Row(part.date, round(part.amount / unit)) for part in self.installment_ids
        ]
        kept = keep_paid(
            rows,
            sum(row.amount for row in rows),
            round((move.amount_residual - self._get_raised(move)) / unit),
            move.company_id._get_autopay_today(),
        )
        return [(row.date, currency.round(row.amount * unit)) for row in kept]

    def _get_raised(self, move):
        """Return what is open of what was put on the invoice since it was agreed.

        Payments pay the plan first; a credit note takes off what was put on.

        :return: an amount in the invoice's currency (major units)
        """
        raised = max(self._get_net_total(move) - self.invoice_total, 0.0)
        return min(raised, max(move._get_autopay_amount(), 0.0))

    def _get_net_total(self, move):
        """Return what an invoice comes to, less its credit notes (major units)."""
        notes = move.reversal_move_ids.filtered(
            lambda note: note.state == "posted" and note.currency_id == move.currency_id
        )
        return move.amount_total - sum(notes.mapped("amount_total"))

    def _alert_raised(self):
        """Call a person where more was put on an invoice than its plan covers."""
        notification = self.env["autopay.notification"]
        for plan in self:
            move = plan.move_id
            raised = plan._get_raised(move)
            if move.currency_id.is_zero(raised):
                continue
            summary, note = get_raised_words(self.env, move, raised)
            notification._alert(move, move.company_id, summary, note, wait=RAISED)

    def _close_raised(self):
        """Call nobody any more where a credit note has taken off what was put on."""
        covered = self.filtered(
            lambda plan: plan.currency_id.is_zero(plan._get_raised(plan.move_id))
        )
        if covered:
            notification = self.env["autopay.notification"]
            words = self.env._("The plan covers the invoice again.")
            notification._close_waiting_on(covered.move_id, RAISED, words)

    def _end(self):
        """End the plans; what they were is kept."""
        if not self:
            return
        self.sudo().write(
            {
                "active": False,
                "ended_date": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
            }
        )
        # Another one may follow at once, and there is one for each invoice.
        self.flush_recordset(["active"])
        self.env["autopay.notification"]._close_waiting_on(
            self.move_id, RAISED, self.env._("The plan has ended.")
        )
        self.move_id._write_autopay({"autopay_planned": False})
        self.move_id.invalidate_recordset(
            ["autopay_plan_id", "autopay_installment_ids"]
        )
