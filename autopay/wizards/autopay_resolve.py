from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import Day
from ..models.attempt.autopay_attempt_resolution import Statement
from ..words.days import say_day

KINDS = [
    ("paid", "It was paid"),
    ("not_paid", "It was not paid"),
    ("checked", "Checked"),
]

# Fields of the wizard, and where an attempt has them.
FACTS = {
    "company_id": "company_id",
    "partner_id": "partner_id",
    "move_ids": "move_ids",
    "token_id": "token_id",
    "provider_id": "provider_id",
    "currency_id": "currency_id",
    "amount": "amount",
    "explanation": "explanation",
    "message": "message",
    "object_ref": "object_ref",
    "provider_url": "provider_url",
    "sent_date": "charging_date",
    "transaction_reference": "transaction_id.reference",
}


# A shorter reference may be part of a longer one by chance.
LEAST_CONTAINED = 6


def _plain(reference):
    """Return a reference without what people write otherwise: case, signs, spaces."""
    return "".join(filter(str.isalnum, reference)).casefold()


class AutopayResolve(models.TransientModel):
    """Asks a person what became of a charge, and shows what is known of it."""

    _name = "autopay.resolve"
    _description = "Resolve an Autopay Charge"

    attempt_id = fields.Many2one(
        "autopay.attempt", string="Charge", required=True, readonly=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    # Facts about the attempt, see ``FACTS``.
    company_id = fields.Many2one("res.company", compute="_compute_facts")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_facts"
    )
    move_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_facts"
    )
    token_id = fields.Many2one(
        "payment.token", string="Payment Method", compute="_compute_facts"
    )
    provider_id = fields.Many2one("payment.provider", compute="_compute_facts")
    currency_id = fields.Many2one("res.currency", compute="_compute_facts")
    amount = fields.Monetary(compute="_compute_facts")
    explanation = fields.Text(compute="_compute_facts")
    message = fields.Text(string="Provider Message", compute="_compute_facts")
    object_ref = fields.Char(string="Provider Object", compute="_compute_facts")
    provider_url = fields.Char(compute="_compute_facts")
    sent_date = fields.Datetime(string="Charging Date", compute="_compute_facts")
    transaction_reference = fields.Char(
        string="Our Reference", compute="_compute_facts"
    )
    paid_on = Day(help="The day on which the provider took the money.")
    reference = fields.Char(
        string="Reference at the Provider",
        help="What the provider calls the charge; it is printed on the payment.",
    )
    checked_where = fields.Char(
        string="Where You Looked", help="Dashboard, statement, support of the provider."
    )
    note = fields.Text()
    is_confirmed = fields.Boolean(string="I have looked it up and found no payment")

    # === COMPUTE METHODS === #

    @api.depends("attempt_id")
    def _compute_facts(self):
        """Show an attempt to those who may read it.

        A form asks before anything is saved, when no rule has looked at the attempt.
        """
        for wizard in self:
            attempt = wizard.attempt_id._origin
            attempt.sudo(False).check_access("read")
            for name, path in FACTS.items():
                source, _dot, field = path.rpartition(".")
                known = attempt.sudo()
                wizard[name] = (known[source] if source else known)[field]

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields_list):
        """Override of `base` to propose the day on which the charge was sent."""
        values = super().default_get(fields_list)
        attempt = self.env["autopay.attempt"].browse(values.get("attempt_id"))
        if values.get("kind") == "paid" and attempt:
            sent = attempt.charging_date or attempt.reserved_date
            values["paid_on"] = fields.Date.context_today(self, sent)
            given = attempt.charge_ref or attempt.object_ref
            # A reference that the provider did not give is to be read there.
            if given and not self._is_own_reference(attempt, given):
                values["reference"] = given
        return values

    # === ACTION METHODS === #

    def action_apply(self):
        """Carry out what was said, once."""
        self.ensure_one()
        self.attempt_id.check_access("read")
        if self.kind == "checked":
            self._require(self.note, self.env._("Say what you found."))
            self.attempt_id._mark_checked(self.note)
        else:
            getattr(self, f"_check_{self.kind}")()
            self.attempt_id._take_statement(self._get_statement())
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _get_statement(self):
        where = self.checked_where and self.env._(
            "Looked up: %(where)s", where=self.checked_where
        )
        return Statement(
            kind=self.kind,
            paid_on=self.paid_on if self.kind == "paid" else None,
            reference=(self.reference or "").strip() if self.kind == "paid" else "",
            note="\n".join(filter(None, [where, self.note])),
        )

    def _check_paid(self):
        """Let only what can be booked pass.

        :raises UserError: when the day or the reference will not do
        """
        reference = (self.reference or "").strip()
        self._require(self.checked_where, self.env._("Say where you looked."))
        self._require(reference, self.env._("Give the provider's reference."))
        self._require(
            not self._is_own_reference(self.attempt_id, reference),
            self.env._(
                "“%(reference)s” is our own reference, or contains it. Give the one by "
                "which the provider or the bank calls the payment: it shows that it "
                "was found.",
                reference=reference,
            ),
        )
        self._require(self.paid_on, self.env._("Give the day of the payment."))
        today = self.company_id._get_autopay_today()
        reserved = fields.Date.to_date(self.attempt_id.reserved_date)
        # A day's difference is one of time zones.
        first = fields.Date.subtract(reserved, days=1)
        self._require(
            first <= self.paid_on <= today,
            self.env._(
                "The day of the payment must be from %(first)s to %(last)s.",
                first=say_day(self.env, first),
                last=say_day(self.env, today),
            ),
        )
        self._check_not_locked()

    @api.model
    def _is_own_reference(self, attempt, reference):
        """Return whether a reference says nothing that we did not know before.

        Odoo's Demo provider, for example, calls a charge by our reference with *demo-*
        before it.
        """
        known = attempt.sudo()
        moves = known.move_ids
        own = [
            known.name,
            known.transaction_id.reference,
            *moves.mapped("name"),
            *moves.mapped("payment_reference"),
            *moves.mapped("ref"),
        ]
        given = _plain(reference)
        return any(
            each == given or (len(each) >= LEAST_CONTAINED and each in given)
            for each in map(_plain, filter(None, own))
        )

    def _check_not_locked(self):
        journal = self.provider_id.sudo().journal_id
        locks = self.company_id._get_violated_lock_dates(self.paid_on, False, journal)
        self._require(
            not locks,
            self.env._("The books are closed for that day. Give the first open day."),
        )

    def _check_not_paid(self):
        """Let nobody say so without having looked.

        :raises UserError: when it was not confirmed, or not said where it was seen
        """
        self._require(
            self.is_confirmed, self.env._("Confirm that you have looked it up.")
        )
        self._require(self.checked_where, self.env._("Say where you looked."))

    def _require(self, condition, sentence):
        if not condition:
            raise UserError(sentence)
