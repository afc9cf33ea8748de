from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from ...const.event import EVENT_KEEP_DAYS, EVENT_RETRY_MINUTES, EVENT_STATES
from ...rights import check_manager
from ...words.events import EVENT_WORDS


class AutopayEvent(models.Model):
    """One message of a provider: a hint to look, never a fact to book."""

    _name = "autopay.event"
    _description = "Autopay Event"
    _inherit = ["autopay.default.guard", "mail.thread", "mail.activity.mixin"]
    # People may comment on what nobody may change.
    _mail_post_access = "read"
    _order = "id desc"
    # The name is not stored: without these, every search by it would be an error.
    _rec_names_search = ("event_ref", "type")

    name = fields.Char(string="What Happened", compute="_compute_name")
    provider_id = fields.Many2one(
        "payment.provider", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="provider_id.company_id", store=True, index=True
    )
    event_ref = fields.Char(string="Event", required=True, readonly=True)
    type = fields.Char(required=True, readonly=True)
    livemode = fields.Boolean(string="Live", readonly=True)
    created_date = fields.Datetime(
        string="Happened on", readonly=True, help="By the provider's clock."
    )
    received_date = fields.Datetime(string="Received on", readonly=True, index=True)
    # The objects it names.
    intent_ref = fields.Char(string="Payment", readonly=True)
    charge_ref = fields.Char(string="Charge at the Provider", readonly=True)
    refund_ref = fields.Char(string="Refund", readonly=True)
    dispute_ref = fields.Char(string="Dispute", readonly=True)
    method_ref = fields.Char(string="Payment Method", readonly=True)
    mandate_ref = fields.Char(string="Mandate", readonly=True)
    customer_ref = fields.Char(string="Customer", readonly=True)
    session_ref = fields.Char(string="Session", readonly=True)
    setup_ref = fields.Char(string="Setup Intent", readonly=True)
    tag = fields.Char(
        string="Our Reference",
        readonly=True,
        help="The reference that we gave the charge; empty when it is not ours.",
    )
    request_key = fields.Char(
        readonly=True,
        groups="base.group_system",
        help="Key of the request that caused it.",
    )
    # The outcome.
    attempt_id = fields.Many2one(
        "autopay.attempt",
        string="Charge",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        EVENT_STATES, required=True, readonly=True, default="received", index=True
    )
    reason = fields.Char(readonly=True)
    try_count = fields.Integer(string="Tries", readonly=True, aggregator=None)
    next_try_date = fields.Datetime(
        string="Next Try", readonly=True, index="btree_not_null"
    )

    _event_ref_uniq = models.UniqueIndex("(provider_id, event_ref)")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("type")
    def _compute_name(self):
        for event in self:
            event.name = str(EVENT_WORDS.get(event.type, event.type))

    # === ACTION METHODS === #

    def action_process_again(self):
        """Have events looked at once more, whatever became of them."""
        check_manager(self)
        self.check_access("read")
        self.sudo().write(
            {
                "state": "received",
                "reason": False,
                "try_count": 0,
                "next_try_date": fields.Datetime.now(),
            }
        )
        self.env["autopay.event.handler"].sudo()._trigger()

    # === BUSINESS METHODS - RECEPTION === #

    @api.model
    def _store(self, provider, facts):
        """Write down an event, once, however often it is sent.

        :param facts: an ``EventFacts`` of :mod:`gateways.reports`
        :return: whether it is new
        """
        vals = self._prepare_stored_vals(provider, facts)
        query = SQL(
            """INSERT INTO autopay_event (%s) VALUES %s
               ON CONFLICT (provider_id, event_ref) DO NOTHING RETURNING id""",
            SQL(", ").join(SQL.identifier(name) for name in vals),
            tuple(vals.values()),
        )
        # Sent twice at the same moment, the second is asked to try again by PostgreSQL;
        # Odoo does so, and the log need not tell of it.
        self.env.cr.execute(query, log_exceptions=False)
        return bool(self.env.cr.fetchone())

    def _prepare_stored_vals(self, provider, facts):
        now = fields.Datetime.now()
        created = datetime.fromtimestamp(facts.created_at, timezone.utc)
        flag = self.env["ir.config_parameter"].sudo()
        ours = facts.database == flag.get_param("database.uuid")
        return {
            "provider_id": provider.id,
            "company_id": provider.company_id.id,
            "event_ref": facts.ref,
            "type": facts.type,
            "livemode": facts.livemode,
            "created_date": created.replace(tzinfo=None),
            "received_date": now,
            "state": "received",
            "try_count": 0,
            "next_try_date": now,
            # Two databases may share an account: another one's charges are not ours.
            "tag": facts.tag if ours and facts.tag else None,
            "request_key": facts.request_key or None,
            **facts.refs,
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": now,
            "write_date": now,
        }

    # === BUSINESS METHODS - STATE === #

    @api.model
    def _get_due(self, limit):
        """Return the events to look at now, the longest waiting first."""
        return self.search(
            [
                ("next_try_date", "<=", fields.Datetime.now()),
                *self.env["res.company"]._get_autopay_home_domain(),
            ],
            order="next_try_date, id",
            limit=limit,
        )

    def _set_done(self, state, reason=False):
        """Close the events.

        :param str state: *processed*, *ignored* or *failed*
        """
        self.write({"state": state, "reason": reason, "next_try_date": False})

    def _postpone(self, last_state, reason):
        """Have the events looked at later; after the last try close them.

        :param str last_state: what becomes of those that were tried often enough
        """
        now = fields.Datetime.now()
        for event in self:
            count = event.try_count
            event.write({"try_count": count + 1, "reason": reason})
            if count < len(EVENT_RETRY_MINUTES):
                wait = timedelta(minutes=EVENT_RETRY_MINUTES[count])
                event.next_try_date = now + wait
            else:
                event._set_done(last_state, reason)

    # === CRON METHODS === #

    @api.autovacuum
    def _gc_events(self):
        """Forget events of long ago, which providers never send again."""
        limit = fields.Datetime.now() - timedelta(days=EVENT_KEEP_DAYS)
        old = self.search([("received_date", "<", limit)], limit=GC_UNLINK_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
