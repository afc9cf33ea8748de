from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, groupby
from odoo.tools.sql import escape_psql

from ...const.collect.sources import (
    AGAIN_MAX_MINUTES,
    AGAIN_MINUTES,
    FAILURES_BEFORE_ALARM,
    PAID_AT_ONCE,
    PAID_TOGETHER,
    SETTLED_STATES,
    SOURCE_STATES,
    VOIDED_AT_ONCE,
)
from ...words.invoices.collecting import VOIDS, get_void

# The alarm about what could not follow a paid invoice.
WAIT = "collected"


class AutopayCollectSource(models.Model):
    """Why an invoice is collected: an order was delivered, a task done, a rule held.

    A row is written in the transaction that puts the invoice on autopay, and is the
    memory that makes it happen once: the same source collects the same invoice never
    again. It is closed when the invoice is paid and all that follows was done, or when
    nothing is left to collect: nothing follows then, as nobody has paid.
    """

    _name = "autopay.collect.source"
    _inherit = "autopay.default.guard"
    _description = "Reason to Collect an Invoice"
    _order = "id desc"
    _rec_name = "why"

    source = fields.Char(
        required=True,
        readonly=True,
        help="What asked for it, as the program that asked calls it.",
    )
    why = fields.Char(string="Collected Because", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index=True,
        # The same source does not collect in the place of an invoice that was deleted.
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", string="Customer"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    day = fields.Date(
        string="On",
        readonly=True,
        help="Empty: on the day by the company's rule.",
    )
    state = fields.Selection(
        SOURCE_STATES, required=True, readonly=True, default="waiting"
    )
    standing = fields.Selection(
        related="move_id.autopay_standing", string="Invoice Status"
    )
    reason = fields.Char(
        string="Not Collected Because",
        readonly=True,
        help="Why the invoice was not put on autopay, why nothing is left of it, or "
        "why what follows its payment could not be done yet.",
    )
    failures = fields.Integer(readonly=True)
    next_date = fields.Datetime(string="Tried Again on", readonly=True)

    _source_uniq = models.UniqueIndex(
        "(source, move_id)", "This has collected the invoice already."
    )
    _waiting_idx = models.Index("(move_id) WHERE state = 'waiting'")
    _void_idx = models.Index("(move_id) WHERE state = 'void'")

    # === ACTION METHODS === #

    def action_open_move(self):
        """Open the invoice."""
        return self.move_id._get_records_action()

    # === BUSINESS METHODS === #

    @api.model
    def _find_known(self, source, moves):
        """Return {move: row} of what this source has asked for before."""
        rows = self.sudo().search(
            [("source", "=", source), ("move_id", "in", moves.ids)]
        )
        return {row.move_id.with_env(moves.env): row for row in rows}

    @api.model
    def _group_asked(self, moves):
        """Return the invoices that people and rules ask for the first time, and others.

        :return: {"new": invoices, "known": those that were asked for before}
        """
        names = [move._get_action_source() for move in moves]
        rows = self.sudo().search(
            [
                ("source", "in", names),
                ("move_id", "in", moves.ids),
                ("state", "!=", "refused"),
            ]
        )
        known = moves.browse(rows.move_id.ids)
        return {"new": moves - known, "known": known}

    @api.model
    def _find_below(self, names):
        """Return {name: rows} of the sources below these names, in one query for all.

        Both ``sale:12:delivered`` and ``sale:12:delivered:2`` are below ``sale:12``.
        Refused ones are left out: they may be asked for again.

        :param names: the beginnings of names, all of as many parts
        """
        below = Domain.OR(
            Domain("source", "=like", f"{escape_psql(name)}:%") for name in names
        )
        asked = self.sudo().search(below & Domain("state", "!=", "refused"))
        depth = max((name.count(":") for name in names), default=0) + 1
        found = asked.grouped(lambda row: ":".join(row.source.split(":")[:depth]))
        return {name: found.get(name, asked.browse()) for name in names}

    @api.model
    def _note(self, move, source, **vals):
        """Keep what a source has asked for, and what became of that.

        Somebody else who asks for the same at the same time, in a transaction that
        began before, is stopped by the database, and repeats it (PostgreSQL calls it a
        serialization failure).
        """
        values = {"day": None, "reason": None, "state": "waiting", **vals}
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO autopay_collect_source
                               (source, move_id, company_id, why, day, state, reason,
                                failures, create_uid, write_uid,
                                create_date, write_date)
                        VALUES (%s, %s, %s, %s, %s, %s, %s, 0, %s, %s,
                                now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
                   ON CONFLICT (source, move_id)
                     DO UPDATE SET why = EXCLUDED.why, day = EXCLUDED.day,
                                   state = EXCLUDED.state, reason = EXCLUDED.reason,
                                   write_uid = EXCLUDED.write_uid,
                                   write_date = EXCLUDED.write_date
                         WHERE autopay_collect_source.state = 'refused'""",
                source,
                move.id,
                move.company_id.id,
                values["why"],
                values["day"],
                values["state"],
                values["reason"],
                self.env.uid,
                self.env.uid,
            )
        )
        self.invalidate_model()

    # === PAID === #

    @api.model
    def _find_paid(self):
        """Return the invoices that are paid, and were collected for a reason.

        Money from the bank counts as well: what was done is paid.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT move.id
                     FROM autopay_collect_source source
                     JOIN account_move move ON move.id = source.move_id
                    WHERE source.state = 'waiting' AND move.state = 'posted'
                      AND move.payment_state IN %s AND (%s) IS NOT TRUE
                      AND (source.next_date IS NULL OR source.next_date <= %s)
                    ORDER BY move.id LIMIT %s""",
                SETTLED_STATES,
                self.env["account.move"]._get_autopay_credited_sql(),
                fields.Datetime.now(),
                PAID_AT_ONCE,
            )
        )
        return self.env["account.move"].sudo().browse(move_id for (move_id,) in rows)

    @api.model
    def _lock_waiting(self, moves):
        """Return the rows of these invoices that wait; none that others work on."""
        waiting = self.sudo().search(
            [("move_id", "in", moves.ids), ("state", "=", "waiting")]
        )
        return waiting.try_lock_for_update(allow_referencing=True)

    def _close(self):
        """Note that the invoices are paid and that what follows was done."""
        self.write({"state": "collected", "reason": False, "next_date": False})
        self._close_alarms(self.env._("It was done since."))

    # === NOTHING LEFT === #

    @api.model
    def _sync_void(self):
        """Close what nothing is left of, and open again of what something is; commits.

        Credit notes are taken off again, and canceled invoices posted once more.
        """
        apply = self.env["autopay.stage"]._apply_in_parts
        apply(PAID_TOGETHER, self._note_void, self._find_void())
        apply(PAID_TOGETHER, self._note_void, self._find_owed_again())

    def _find_void(self):
        """Return what waits for invoices that were credited, canceled or deleted."""
        void = SQL(
            """source.state = 'waiting'
               AND (move.id IS NULL OR move.state = 'cancel'
                    OR move.state = 'posted' AND %s)""",
            self.env["account.move"]._get_autopay_credited_sql(),
        )
        return self._find_with_move(void)

    def _find_owed_again(self):
        """Return what was closed, and has something left to collect again."""
        owed = SQL(
            """source.state = 'void' AND move.state != 'cancel'
               AND (move.state = 'posted' AND %s) IS NOT TRUE""",
            self.env["account.move"]._get_autopay_credited_sql(),
        )
        return self._find_with_move(owed)

    def _find_with_move(self, condition):
        """Return what a condition holds of, in companies where Autopay is or was on."""
        known_ids = self.env["res.company"]._get_autopay_known_ids()
        if not known_ids:
            return self.sudo().browse()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT source.id
                     FROM autopay_collect_source source
                LEFT JOIN account_move move ON move.id = source.move_id
                    WHERE source.company_id IN %s AND (%s)
                    ORDER BY source.id LIMIT %s""",
                tuple(known_ids),
                condition,
                VOIDED_AT_ONCE,
            )
        )
        return self.sudo().browse(source_id for (source_id,) in rows)

    def _note_void(self, sources):
        """Note of sources whether anything is left to collect, as it is by now."""
        locked = sources.try_lock_for_update(allow_referencing=True)
        rows = locked.filtered(lambda row: row.state in ("waiting", "void"))
        for (company, name), group in groupby(
            rows, lambda row: (row.company_id, get_void(row.move_id))
        ):
            env = self.env["autopay.notification"]._for_staff(company).env
            self.browse().union(*group)._write_void(name and env._(VOIDS[name]))

    def _write_void(self, words):
        """Note why nothing is left, or that something is where there are no words."""
        changed = self.filtered(lambda row: (row.state == "void") != bool(words))
        state = "void" if words else "waiting"
        changed.write({"state": state, "reason": words, "next_date": False})
        if words:
            changed._close_alarms(words)

    # === WHAT CANNOT FOLLOW === #

    def _close_alarms(self, words):
        """Close the calls about what could not follow, and say why."""
        if failed := self.filtered("failures").move_id:
            notification = self.env["autopay.notification"]
            notification._close_waiting_on(failed, WAIT, words)

    def _note_failure(self, error):
        """Keep why what follows could not be done; it is tried again later."""
        for row in self:
            minutes = min(AGAIN_MINUTES * 2**row.failures, AGAIN_MAX_MINUTES)
            row.write(
                {
                    "failures": min(row.failures + 1, FAILURES_BEFORE_ALARM + 8),
                    "reason": str(error)[:500],
                    "next_date": fields.Datetime.now() + timedelta(minutes=minutes),
                }
            )
        for move in self.filtered(
            lambda row: row.failures >= FAILURES_BEFORE_ALARM
        ).move_id:
            self._alert(move, error)

    def _alert(self, move, error):
        notification = self.env["autopay.notification"]._for_staff(move.company_id)
        notification._alert(
            move.with_env(notification.env),
            move.company_id,
            notification.env._("Paid, but what follows it could not be done"),
            str(error),
            wait=WAIT,
        )
