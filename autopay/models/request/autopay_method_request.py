from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const.methods.request import (
    OPEN_STATES,
    REQUEST_DAYS,
    REQUEST_PATH,
    REQUEST_SCOPE,
    REQUEST_STATES,
    TOLD_DAYS,
    UNANSWERED_STATES,
)
from ...rights import BILLING_GROUP, check_billing
from ...words.days import say_day


class AutopayMethodRequest(models.Model):
    """One customer who was asked once to save a payment method, and what came of it."""

    _name = "autopay.method.request"
    _description = "Payment Method Request"
    _inherit = [
        "autopay.default.guard",
        "autopay.link.thread",
        "autopay.request.mail",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ("partner_id", "email")
    # Nobody writes requests by hand, yet those who see one may comment on it.
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Sent to",
        readonly=True,
        ondelete="set null",
        help="The contact for invoices, else the customer. Only an address that staff "
        "entered, or a contact who may change Autopay in the portal, is written to.",
    )
    email = fields.Char(readonly=True, help="The address as it was when asked.")
    asked_by_id = fields.Many2one(
        "res.users",
        string="Asked by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    asked_date = fields.Datetime(
        string="Asked on",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    expiry_date = fields.Datetime(
        string="Valid until",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now() + timedelta(days=REQUEST_DAYS),
    )
    state = fields.Selection(
        REQUEST_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="queued",
        index=True,
        tracking=True,
    )
    state_date = fields.Datetime(
        string="Since",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    written_date = fields.Datetime(
        string="Mail Written on", readonly=True, help="Empty: it is still to be."
    )
    failure = fields.Char(string="Why Not Sent", readonly=True)
    token_id = fields.Many2one(
        "payment.token",
        string="Answered with",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    replaced_by_id = fields.Many2one(
        "autopay.method.request",
        string="Asked Again",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    link_url = fields.Char(
        string="Link",
        compute="_compute_link_url",
        compute_sudo=True,
        groups=BILLING_GROUP,
        help="Whoever has it can save a payment method for this customer.",
    )

    # A customer has one link that can be used.
    _open_uniq = models.UniqueIndex(
        "(partner_id, company_id)"
        " WHERE state IN ('queued', 'sent', 'failed', 'no_address')",
        "Somebody else has just asked this customer for a payment method.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "asked_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            name = request.partner_id.display_name or ""
            day = say_day(self.env, request.asked_date)
            request.display_name = f"{name}, {day}" if day else name

    @api.depends("state", "expiry_date")
    def _compute_link_url(self):
        for request in self:
            usable = request._origin and request._is_open()
            request.link_url = usable and request._get_link()

    # === ACTION METHODS === #

    def action_withdraw(self):
        """Let these links lead nowhere any more; no answer is awaited."""
        check_billing(self)
        self.check_access("read")
        self.sudo().filtered(
            lambda request: request.state in UNANSWERED_STATES
        )._set_state("withdrawn")

    def action_ask_again(self):
        """Show who would be asked once more, with links that replace these.

        :raises UserError: when all of these were answered
        """
        check_billing(self)
        self.check_access("read")
        unanswered = self.filtered(lambda request: request.state != "answered")
        if not unanswered:
            raise UserError(self.env._("The customer has answered already."))
        if len(unanswered.company_id) > 1:
            raise UserError(self.env._("Ask again for one company at a time."))
        wizards = self.env["autopay.request.wizard"]
        return wizards.with_company(unanswered.company_id)._open(
            unanswered.partner_id, again=True
        )

    # === BUSINESS METHODS === #

    @api.model
    def _ask(self, company, payers):
        """Ask customers for a payment method, each with a link of its own.

        Links that they were sent before lead nowhere any more.

        :param company: who may charge them afterwards
        :param payers: customers, commercial entities
        :return: the new requests
        """
        own = [("partner_id", "in", payers.ids), ("company_id", "=", company.id)]
        unanswered = [*own, ("state", "in", UNANSWERED_STATES)]
        before = self.sudo().search([*unanswered, ("replaced_by_id", "=", False)])
        before.lock_for_update()
        before.filtered(lambda old: old.state != "expired")._set_state("withdrawn")
        # Before the new ones: a customer has one link at a time.
        before.flush_recordset()
        contacts = self.env["autopay.request.contacts"]._get_contacts(payers)
        requests = self.sudo().create(
            [self._prepare_vals(company, payer, contacts[payer]) for payer in payers]
        )
        by_payer = requests.grouped("partner_id")
        for old in before:
            old.replaced_by_id = by_payer[old.partner_id]
        return requests

    def _prepare_vals(self, company, payer, contact):
        last = company._get_autopay_today() + timedelta(days=REQUEST_DAYS)
        return {
            "partner_id": payer.id,
            "company_id": company.id,
            # The mail names a day: the link works until it is over.
            "expiry_date": company._get_autopay_day_end(last),
            "contact_id": contact.id,
            "email": contact.email_normalized,
            "asked_by_id": self.env.uid,
            "state": "queued" if contact else "no_address",
        }

    def _answer(self, authorization):
        """Note that a customer who was asked has a method now that may be charged.

        However it came about: by the link, in the portal, or told to staff.
        """
        waiting = self.sudo().search(
            [
                ("partner_id", "=", authorization.partner_id.id),
                ("company_id", "=", authorization.company_id.id),
                ("state", "in", UNANSWERED_STATES),
                ("replaced_by_id", "=", False),
            ]
        )
        waiting.token_id = authorization.token_id
        waiting._set_state("answered")

    def _expire(self, requests):
        """Let links end whose time is over; an answer that came meanwhile stays."""
        locked = requests.try_lock_for_update()
        locked.filtered(lambda request: request.state in OPEN_STATES)._set_state(
            "expired"
        )

    def _set_state(self, state, **values):
        """Give these requests a status, from now on."""
        if self:
            moment = fields.Datetime.now()
            self.write({"state": state, "state_date": moment, **values})

    def _is_open(self):
        """Return whether a method can be saved by the link."""
        self.ensure_one()
        return self.state in OPEN_STATES and self.expiry_date > fields.Datetime.now()

    def _is_answer_awaited(self, moment):
        """Return whether what was saved by the link is an answer to the question.

        Asked again at the same address it is the same question: the page to which the
        older link led counts as well.

        :param datetime moment: when the customer had done what there was to do
        """
        self.ensure_one()
        newest = self
        while self.email and newest.replaced_by_id.email == self.email:
            newest = newest.replaced_by_id
        return newest.state in UNANSWERED_STATES and newest.expiry_date > moment

    # === PAGE === #

    def _get_consent(self):
        """Return the words that the customer agrees to, and their hash."""
        self.ensure_one()
        opener = self.env["autopay.setup.opener"].sudo()
        text = opener._get_text(self.partner_id, self.company_id, "autopay")
        return text, opener._get_text_hash(text)

    def _begin(self, visitor):
        """Return the address of the page on which the customer saves a method; commits.

        :param visitor: a ``Visitor``
        :raises SetupError: why there is none
        """
        self.ensure_one()
        setups = self.env["autopay.method.setup"]
        payer, company = self.partner_id, self.company_id
        visitor = replace(visitor, asked=self)
        return setups._open(payer, company, "autopay", "link", visitor)

    # === LINK === #

    def _get_link(self):
        """Return the address that the customer opens; the row says if it still holds.

        It lasts longer than the request, to tell that the time was over.
        """
        self.ensure_one()
        last = self.expiry_date + timedelta(days=TOLD_DAYS)
        signed = self.env["autopay.link"]._sign(REQUEST_SCOPE, self, last)
        return f"{self.get_base_url()}{REQUEST_PATH}{signed}"

    @api.model
    def _find_by_link(self, text):
        """Return the request that a link leads to, with all rights; perhaps empty."""
        return self.env["autopay.link"]._read(REQUEST_SCOPE, text, self._name)
