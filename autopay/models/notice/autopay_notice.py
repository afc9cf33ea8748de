from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const.notices.before import BEFORE
from ...const.notices.kinds import KIND_SELECTION, NOTICE_KINDS
from ...const.notices.outbox import NOTICE_STATES, REPEATABLE_STATES
from ...rights import check_billing


class AutopayNotice(models.Model):
    """One thing to tell a customer: written with what it tells of, mailed afterwards.

    A row is there once for each event, whoever saw it, and says what became of its
    mail. Odoo deletes the mails themselves.
    """

    _name = "autopay.notice"
    _description = "Mail to a Customer"
    _inherit = [
        "autopay.default.guard",
        "autopay.link.thread",
        "autopay.notice.staff",
        "autopay.notice.mail",
        "autopay.notice.paper",
        "autopay.notice.truth",
        "autopay.notice.words",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ("partner_id", "email", "subject")
    _check_company_auto = True
    # Nobody writes these by hand, yet those who see one may comment on it.
    _mail_post_access = "read"

    kind = fields.Selection(KIND_SELECTION, required=True, readonly=True)
    event_key = fields.Char(
        string="Event",
        required=True,
        readonly=True,
        help="Each event is told once.",
    )
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
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    contact_id = fields.Many2one(
        "res.partner",
        readonly=True,
        ondelete="set null",
        help="Who gets it. Empty: whoever gets the invoices of the customer.",
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        readonly=True,
        ondelete="set null",
        help="The method that is charged, of mails before a charge.",
    )
    charge_date = fields.Date(
        string="Charged on",
        readonly=True,
        help="The day of the charge as the customer was told, of mails before it.",
    )
    part = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The part of an invoice in parts that is charged; zero of any other.",
    )
    state = fields.Selection(
        NOTICE_STATES, string="Status", required=True, readonly=True, default="due"
    )
    due_date = fields.Datetime(
        string="Not Before", readonly=True, help="Empty: it is sent at once."
    )
    sent_date = fields.Datetime(string="Sent on", readonly=True)
    failure = fields.Char(string="Why Not Sent", readonly=True)
    try_count = fields.Integer(
        string="Tries",
        readonly=True,
        aggregator=None,
        help="How often no mail server took it.",
    )
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
    email = fields.Char(string="To", readonly=True)
    subject = fields.Char(readonly=True)

    _event_uniq = models.UniqueIndex("(event_key)", "This was told already.")
    _due_idx = models.Index("(state, due_date) WHERE state IN ('due', 'queued')")
    _res_idx = models.Index("(res_id, res_model)")

    # === COMPUTE METHODS === #

    @api.model
    def _get_kinds(self):
        """Return {code: ``NoticeKind``}, hook for other add-ons."""
        return NOTICE_KINDS

    @api.depends("kind", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for notice in self:
            words = (labels.get(notice.kind), notice.partner_id.display_name)
            notice.display_name = ": ".join(filter(None, words))

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base` to look again at charges that wait for these mails."""
        res = super().write(vals)
        if "state" in vals:
            self._mark_announced()
        return res

    # === ACTION METHODS === #

    def action_send_again(self):
        """Tell once more what was not sent; what was sent is never sent again.

        :raises UserError: when there is nothing of the kind
        """
        check_billing(self)
        self.check_access("read")
        self.company_id._check_autopay_home()
        unsent = self.sudo().filtered(lambda rec: rec.state in REPEATABLE_STATES)
        if not unsent:
            raise UserError(
                self.env._("Only mails that were not sent can be sent again.")
            )
        unsent._forget_mails()
        # A notice that would come too late may be told anew, to the same address.
        unsent.email = False
        unsent._set_due()
        unsent._send_soon()

    def action_view_subject(self):
        """Open what the mail tells of."""
        self.ensure_one()
        self.check_access("read")
        record = self._get_subject()
        if not record:
            raise UserError(self.env._("What it told of was deleted."))
        return record.sudo(False).get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    def _announce(self, rows):
        """Note what is to be told, in the transaction of what it tells of.

        An event that was noted before is left alone, and so are kinds that are
        switched off.

        :param rows: [dict] of the stored fields, with at least *kind*, *event_key*,
            *company_id* and *partner_id* as ids
        :return: the new notices
        """
        off = self.env["autopay.notice.setting"]._get_off()
        told = [row for row in rows if (row["company_id"], row["kind"]) not in off]
        if not told:
            return self.browse()
        found = self.env.execute_query(self._get_insert(told))
        notices = self.sudo().browse(row_id for (row_id,) in found)
        if notices:
            if BEFORE in {row["kind"] for row in told}:
                notices._mark_announced()
            notices._send_soon()
        return notices.sudo(self.env.su)

    def _mark_announced(self):
        """Have the invoices be looked at again of whose charges these mails tell."""
        before = self.filtered(lambda notice: notice.kind == BEFORE)
        if before:
            moves = self.env["account.move"].browse(before.mapped("res_id")).exists()
            self.env["autopay.status.mark"]._mark_moves(moves)

    def _get_insert(self, rows):
        """Return the query that notes events once, whoever is first."""
        names = (
            *("kind", "event_key", "partner_id", "company_id", "res_model", "res_id"),
            *("amount", "currency_id", "due_date", "token_id", "charge_date", "part"),
            "contact_id",
        )
        common = SQL(
            "'due', 0, %s, %s, %s, %s",
            *(self.env.uid, self.env.cr.now(), self.env.uid, self.env.cr.now()),
        )
        return SQL(
            """
            INSERT INTO autopay_notice (%s, state, try_count, create_uid, create_date,
                                        write_uid, write_date)
                 VALUES %s
            ON CONFLICT (event_key) DO NOTHING
              RETURNING id
            """,
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(
                SQL(
                    "(%s, %s)",
                    SQL(", ").join(SQL("%s", row.get(name)) for name in names),
                    common,
                )
                for row in rows
            ),
        )

    def _get_subject(self):
        """Return the record that this notice tells of, with all rights; or None."""
        self.ensure_one()
        if self.res_model not in self.env or not self.res_id:
            return None
        return self.env[self.res_model].sudo().browse(self.res_id).exists() or None
