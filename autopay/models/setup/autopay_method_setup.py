from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import consteq

from ...const.authorization import AUTHORIZATION_CHANNELS
from ...const.methods.setup import (
    CHECK_HOURS,
    CHECK_MINUTES,
    FREE_LOOKS,
    LOOK_SECONDS,
    OVER_STATES,
    PAGE_HOURS,
    REUSE_HOURS,
    SETUP_PURPOSES,
    SETUP_STATES,
    SILENT_HOURS,
    UNSAVED_STATES,
    VISITOR_DAYS,
    WAITING_DAYS,
    WAITING_HOURS,
)
from ...words.days import say_day

SYSTEM = "base.group_system"


class AutopayMethodSetup(models.Model):
    """One visit on which a customer saves a payment method on the provider's page.

    It is written down before the provider is asked for anything. The page to which the
    customer returns, the provider's messages and the scheduled action are hints alone:
    whichever comes first has the provider asked, and only its answer ends the visit.
    """

    _name = "autopay.method.setup"
    _description = "Visit to Save a Payment Method"
    _inherit = ["autopay.default.guard", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    # The name is not stored: without these, every search by it would be an error.
    _rec_names_search = ("partner_id",)
    # Nobody writes visits by hand, yet those who see one may comment on it.
    _mail_post_access = "read"

    name = fields.Char(compute="_compute_name")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    payer_number = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The customer's id when it agreed: a merge changes the customer.",
    )
    contact_id = fields.Many2one(
        "res.partner", string="Agreed by", readonly=True, ondelete="restrict"
    )
    contact_name = fields.Char(
        string="Name Given",
        readonly=True,
        help="As somebody typed it who was not logged in.",
    )
    request_id = fields.Many2one(
        "autopay.method.request",
        readonly=True,
        ondelete="set null",
        help="The link by which the customer came.",
    )
    link_until = fields.Datetime(
        readonly=True,
        help="Until when the link counts by which the customer came to pay.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    provider_id = fields.Many2one(
        "payment.provider", required=True, readonly=True, ondelete="restrict"
    )
    transaction_id = fields.Many2one(
        "payment.transaction",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    purpose = fields.Selection(
        SETUP_PURPOSES,
        required=True,
        readonly=True,
        help="What the method is for once it is saved.",
    )
    old_token_id = fields.Many2one(
        "payment.token", string="Replaces", readonly=True, ondelete="restrict"
    )
    recollect_ids = fields.Json(
        string="Charged Again",
        readonly=True,
        help="Ids of the failed invoices that the customer has ticked.",
    )
    state = fields.Selection(
        SETUP_STATES, required=True, readonly=True, default="new", index=True
    )
    reason = fields.Char(
        readonly=True, help="The provider's code of the latest refusal, or its doubt."
    )
    message = fields.Char(readonly=True, help="What the provider told the customer.")
    mismatch = fields.Boolean(
        readonly=True, help="The provider's answer contradicts what was asked for."
    )
    # The words that were agreed to, and the person who did.
    channel = fields.Selection(AUTHORIZATION_CHANNELS, required=True, readonly=True)
    text = fields.Text(string="Words Shown", required=True, readonly=True)
    text_hash = fields.Char(readonly=True)
    agreed_date = fields.Date(string="Agreed on", readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    ip_address = fields.Char(string="IP Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    # The requests to the provider; a repeat sends the very same.
    customer_ref = fields.Char(string="Customer at the Provider", readonly=True)
    refused_ref = fields.Char(
        readonly=True, help="A customer that the provider does not know any more."
    )
    customer_order = fields.Json(readonly=True, groups=SYSTEM)
    page_order = fields.Json(readonly=True, groups=SYSTEM)
    session_ref = fields.Char(string="Session", readonly=True, index="btree_not_null")
    setup_ref = fields.Char(string="Setup Intent", readonly=True)
    url = fields.Char(readonly=True, groups=SYSTEM)
    verify_url = fields.Char(readonly=True, groups=SYSTEM)
    access_token = fields.Char(readonly=True, groups=SYSTEM)
    open_key = fields.Char(
        readonly=True,
        groups=SYSTEM,
        help="The same for two presses of one button; empty when that is over.",
    )
    end_date = fields.Datetime(string="Page Ends on", readonly=True)
    # The outcome.
    checked_date = fields.Datetime(string="Asked on", readonly=True)
    check_count = fields.Integer(readonly=True, aggregator=None)
    look_count = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How often the customer came back while nothing was saved.",
    )
    next_check_date = fields.Datetime(
        string="Next Question", readonly=True, index="btree_not_null"
    )
    waiting_date = fields.Datetime(string="Waiting since", readonly=True)
    done_date = fields.Datetime(string="Saved on", readonly=True)
    copy_date = fields.Datetime(
        string="Copy Sent on",
        readonly=True,
        help="When the copy of the consent was handed to the mail queue.",
    )
    token_id = fields.Many2one(
        "payment.token", string="Payment Method", readonly=True, ondelete="restrict"
    )
    authorization_id = fields.Many2one(
        "autopay.authorization", readonly=True, ondelete="restrict"
    )

    _open_key_uniq = models.UniqueIndex("(open_key) WHERE open_key IS NOT NULL")
    _transaction_uniq = models.UniqueIndex("(transaction_id)")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("partner_id")
    def _compute_name(self):
        for setup in self:
            day = say_day(self.env, setup.create_date)
            setup.name = f"{setup.partner_id.display_name}, {day}"

    # === ENTRY POINTS === #

    @api.model
    def _open(self, payer, company, purpose, channel, visitor):
        """Return the address of the page on which a customer saves a method.

        Commits: what is asked for is in the database before the provider is asked.

        :param payer: the customer, a commercial entity
        :param company: who will charge
        :param str purpose: a key of ``SETUP_PURPOSES``
        :param str channel: *portal* or *link*
        :param visitor: a ``Visitor``
        :return: the provider's page, or our own when the method is saved already
        :raises SetupError: why there is none
        """
        opener = self.env["autopay.setup.opener"].sudo()
        return opener._open(payer.sudo(), company.sudo(), purpose, channel, visitor)

    def _check(self):
        """Ask the provider what became of these visits, and finish what is saved.

        Commits.

        :return: {id: ``SetupOutcome``}
        """
        reader = self.env["autopay.setup.reader"].sudo()
        return reader._check(self.sudo())

    def _look(self):
        """Ask the provider for who comes back, unless he has looked very often."""
        self.ensure_one()
        setup = self.sudo()
        if not setup.session_ref or setup._is_over():
            return
        lately = fields.Datetime.now() - timedelta(seconds=LOOK_SECONDS)
        last = setup.checked_date or setup.create_date
        if setup.look_count >= FREE_LOOKS and last > lately:
            return
        # Committed with what the provider is asked.
        setup.look_count += 1
        setup._check()

    def _check_soon(self):
        """Have the provider asked as soon as the scheduler can."""
        self.sudo().next_check_date = fields.Datetime.now()
        self.env["autopay.event.handler"].sudo()._trigger()

    # === BUSINESS METHODS === #

    @api.model
    def _get_by_access(self, setup_id, access_token):
        """Return the visit of a return address, empty when that is none of ours."""
        setup = self.sudo().browse(setup_id).exists()
        key = (setup.access_token or "").encode()
        # As bytes: texts that are not ASCII cannot be compared.
        known = key and consteq(key, (access_token or "").encode())
        return setup if known else setup.browse()

    def _get_return_path(self):
        """Return the path to which the customer comes back; who has it may see it."""
        self.ensure_one()
        return f"/my/autopay/method/return/{self.id}/{self.sudo().access_token}"

    def _is_over(self):
        """Return whether nothing more is expected of the visit."""
        return self.state in OVER_STATES

    def _is_page_usable(self):
        """Return whether a customer who is sent to the page now has time enough."""
        now = fields.Datetime.now()
        young = self.create_date > now - timedelta(hours=REUSE_HOURS)
        last = self.end_date and self.end_date - timedelta(hours=PAGE_HOURS)
        spare = timedelta(hours=PAGE_HOURS - REUSE_HOURS) / 2
        return young and (not last or self.end_date > now + spare)

    def _is_same_payer(self):
        """Return whether who agreed was neither merged nor moved since."""
        self.ensure_one()
        payer = self.partner_id
        return payer.id == self.payer_number and payer == payer.commercial_partner_id

    # === STATE === #

    def _set_page(self, page):
        """Keep the page that was made; of two presses at once the second finds it.

        :param page: a ``SetupSession``
        """
        for setup in self.filtered(lambda rec: rec.state == "new"):
            now = fields.Datetime.now()
            end = page.expires_at and datetime.fromtimestamp(
                page.expires_at, timezone.utc
            ).replace(tzinfo=None)
            setup.write(
                {
                    "state": "open",
                    "reason": False,
                    "session_ref": page.ref,
                    "url": page.url,
                    "end_date": end or now + timedelta(hours=PAGE_HOURS),
                    "next_check_date": now + timedelta(minutes=CHECK_MINUTES[0]),
                }
            )

    def _take_in(self, outcome):
        """Keep what the provider says of a visit on which nothing is saved yet.

        :param outcome: a ``SetupOutcome`` that is not done
        """
        self.ensure_one()
        vals = {
            "checked_date": fields.Datetime.now(),
            "reason": outcome.reason,
            "message": outcome.message,
            "setup_ref": outcome.setup_ref or self.setup_ref,
            "verify_url": outcome.verify_url,
        }
        if outcome.state == "waiting" and self.state != "waiting":
            vals.update(state="waiting", waiting_date=fields.Datetime.now())
            vals["open_key"] = False
        self.write(vals)

    def _set_over(self, state, reason=""):
        """Close visits on which nothing was saved.

        :param str state: *failed* or *expired*
        """
        for setup in self:
            values = {"state": state, "open_key": False, "next_check_date": False}
            setup.write({**values, "reason": reason or setup.reason})
            # A late success is taken from this state, from *cancel* it would not be.
            words = self.env._("No payment method was saved.")
            setup.transaction_id._set_error(words)

    def _set_done(self, token, authorization):
        """Close a visit on which a method was saved; its copy is still to be sent."""
        self.write(
            {
                "state": "done",
                "reason": False,
                "message": False,
                "open_key": False,
                "url": False,
                "verify_url": False,
                "token_id": token.id,
                "authorization_id": authorization.id,
                "done_date": fields.Datetime.now(),
                "next_check_date": fields.Datetime.now() if authorization else False,
            }
        )

    def _schedule_check(self):
        """Set when the provider is asked again; give up what it stays silent about."""
        now = fields.Datetime.now()
        for setup in self.filtered(lambda rec: not rec._is_over()):
            if setup._is_given_up(now):
                setup._set_over("failed", "no_answer")
                continue
            setup.next_check_date = now + setup._get_wait()
            setup.check_count += 1

    def _is_given_up(self, now):
        begun = self.waiting_date if self.state == "waiting" else self.end_date
        begun = begun or self.create_date + timedelta(hours=PAGE_HOURS)
        days, hours = (
            (WAITING_DAYS, SILENT_HOURS) if self.waiting_date else (0, SILENT_HOURS)
        )
        return now > begun + timedelta(days=days, hours=hours)

    def _get_wait(self):
        if self.state == "waiting":
            return timedelta(hours=WAITING_HOURS)
        if self.check_count < len(CHECK_MINUTES):
            return timedelta(minutes=CHECK_MINUTES[self.check_count])
        return timedelta(hours=CHECK_HOURS)

    @api.autovacuum
    def _gc_visitors(self):
        """Forget who came where nothing was saved: it proves no agreement."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=VISITOR_DAYS)
        old = self.sudo().search(
            [
                ("state", "in", UNSAVED_STATES),
                ("create_date", "<", limit),
                "|",
                ("ip_address", "!=", False),
                ("user_agent", "!=", False),
            ],
            limit=10000,
        )
        old.write({"ip_address": False, "user_agent": False})
