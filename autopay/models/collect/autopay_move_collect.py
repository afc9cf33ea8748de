from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from ...const.collect.sources import SETTLED_STATES
from ...rights import STAFF_GROUPS, check_billing
from ...words.invoices.collecting import (
    get_collect_counts,
    get_collect_words,
    get_refusal,
    get_void,
)

# Letters of the name of a source at most: it is looked up in an index.
SOURCE_LETTERS = 200

# Sources of a date that people have a reason for: it stays.
MEANT_SOURCES = ("person", "customer", "rest")


class AutopayMoveCollect(models.Model):
    """Collects invoices since something was done: other add-ons and rules ask for it.

    It decides nothing about a charge: the invoice is posted and put on autopay, and
    the company's own rules judge it as they judge every other.
    """

    _inherit = "account.move"

    autopay_source_ids = fields.One2many(
        "autopay.collect.source",
        "move_id",
        string="Collected Because",
        readonly=True,
        groups=STAFF_GROUPS,
    )
    autopay_credited = fields.Boolean(
        string="Credited as a Whole",
        compute="_compute_autopay_credited",
        search="_search_autopay_credited",
        help="Credit notes of this very invoice have settled it: nobody has paid it. "
        "An invoice that is paid with a credit for something else is paid.",
    )

    # === COMPUTE METHODS === #

    # A credit note that is put on or taken off changes the payment state as well.
    @api.depends("payment_state")
    def _compute_autopay_credited(self):
        """Look at the credit notes of invoices that credit notes have settled."""
        settled = self.filtered(lambda move: move.payment_state == "reversed")
        (self - settled).autopay_credited = False
        for move in settled:
            notes = move.reversal_move_ids.filtered(lambda note: note.state == "posted")
            credit, currency = sum(notes.mapped("amount_total")), move.currency_id
            move.autopay_credited = (
                currency.compare_amounts(credit, move.amount_total) >= 0
            )

    def _search_autopay_credited(self, operator, value):
        if operator != "in":
            return NotImplemented
        query = SQL(
            "(SELECT move.id FROM account_move move WHERE %s)",
            self._get_autopay_credited_sql(),
        )
        return [("id", "in" if True in value else "not in", query)]

    def _get_autopay_credited_sql(self):
        """Return as a condition that the invoice ``move`` is credited as a whole."""
        self.env["account.move"].flush_model(
            ["payment_state", "amount_total", "reversed_entry_id", "state"]
        )
        return SQL(
            """move.payment_state = 'reversed' AND round(move.amount_total, 3) <= (
                   SELECT round(sum(note.amount_total), 3)
                     FROM account_move note
                    WHERE note.reversed_entry_id = move.id AND note.state = 'posted')"""
        )

    def _is_autopay_paid(self):
        """Return whether an invoice was paid, and not credited as a whole."""
        self.ensure_one()
        settled = self.state == "posted" and self.payment_state in SETTLED_STATES
        return settled and not self.sudo().autopay_credited

    # === ACTION METHODS === #

    def action_autopay_collect(self):
        """Collect these invoices, once each: for people and for automation rules.

        What an automation rule asks for in vain is told on the invoice; nothing that
        set it off is undone.

        :return: for many, a client action that tells the counts
        :raises UserError: why the only one is not collected, to the person who asks
        """
        check_billing(self)
        self.check_access("write")
        why = self._get_asker_words()
        groups = self.env["autopay.collect.source"]._group_asked(self)
        refused = {}
        for move in groups["new"]:
            refused |= move._autopay_collect(move._get_action_source(), why=why)
        if self.env.su:
            return False
        if refused and len(self) == 1:
            raise UserError(next(iter(refused.values())))
        return self._tell_collected(groups, refused)

    def _get_asker_words(self):
        if self.env.su:
            return self.env._("An automation rule asked for it.")
        return self.env._("%(user)s asked for it.", user=self.env.user.name)

    def _get_action_source(self):
        self.ensure_one()
        return f"action:{self.id}"

    def _tell_collected(self, groups, refused):
        counts = {
            "done": len(groups["new"]) - len(refused),
            "known": len(groups["known"]),
        }
        lines = [get_collect_counts(self.env, counts)]
        lines += [f"{move.display_name}: {why}" for move, why in refused.items()][:5]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "sticky": bool(refused),
                "message": "\n".join(lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _autopay_collect(self, source, day=None, why=""):
        """Post these invoices where they are drafts, and put them on autopay.

        Safe to repeat, and to call twice at the same time: a source collects an invoice
        once. A refused one may be asked for again. Nothing is charged here.

        :param str source: names what was done, the same in each repeat
            (``sale:12:delivered``, ``task:7:stage:3``)
        :param date day: on which it is charged, one that has come means at the next
            run; None for the day by the company's rule. A day that was set by hand or
            moved by the customer stays
        :param str why: the same for people, as a sentence
        :return: {invoice: why it is not collected, as a sentence} of the refused ones
        :raises ValueError: when the source is no name, or the day none, as a slip of
            the program that asks
        """
        source, day = _read_source(source), _read_day(day)
        why = str(why or "").replace("\0", "")
        on = self._filter_autopay_on()
        refused = {move: get_refusal(self.env, "off", move) for move in self - on}
        for company, moves in on.sudo().grouped("company_id").items():
            own = moves.with_company(company)
            words = own._collect_for(source, day, why or source)
            refused.update(
                {move.with_env(self.env): say for move, say in words.items()}
            )
        return refused

    def _autopay_on_collected(self):
        """Do what follows when nothing is left to pay; hook for other add-ons.

        Called for invoices that ``_autopay_collect`` was asked for, in a transaction of
        its own after the one that booked the payment, whoever paid. It may be called
        again for the same invoice. What fails is told to a person and tried again.
        """

    def _collect_for(self, source, day, why):
        """Collect invoices of one company; see ``_autopay_collect``."""
        known = self.env["autopay.collect.source"]._find_known(source, self)
        new = self.filtered(
            lambda move: move not in known or known[move].state == "refused"
        )
        locked = new.try_lock_for_update(allow_referencing=True)
        refused = {move: get_refusal(self.env, "busy", move) for move in new - locked}
        for move in locked:
            said = known[move].reason if move in known else None
            if words := move._collect_one(source, day, why, said):
                refused[move] = words
        return refused

    def _collect_one(self, source, day, why, said):
        """Collect one invoice that is locked, and keep that it was asked for.

        :param str said: why it was refused the last time
        :return: why it is not collected, as a sentence; empty when it is
        """
        group = self._get_collect_group()
        words = get_refusal(self.env, group, self) if group else self._begin(day)
        vals = {"state": "refused", "reason": words} if words else {"day": day or None}
        self.env["autopay.collect.source"]._note(self, source, why=why, **vals)
        if not words:
            self._message_log(body=get_collect_words(self.env, why, self))
        elif words != said:
            body = self.env._(
                "%(why)s Not collected: %(reason)s", why=why, reason=words
            )
            self._message_log(body=body)
        return words

    def _get_collect_group(self):
        """Return why an invoice cannot be collected, a key of ``REFUSALS``, or None."""
        policy = self.partner_id._get_autopay_policy(self.company_id)
        void = get_void(self)
        failed = self.autopay_status == "error" and not self.autopay_retry_date
        rows = [
            ("not_invoice", self.move_type != "out_invoice"),
            (void, void),
            ("refunded", self.autopay_refunded),
            # A paid invoice needs no policy: the work that was done is paid.
            (None, self._is_autopay_settled()),
            ("policy_off", policy == "off"),
            ("disputed", self.autopay_in_dispute),
            ("failed", failed and not self._get_autopay_live_lines()),
        ]
        return next((code for code, holds in rows if holds), None)

    def _begin(self, day):
        """Post an invoice where it is a draft, and put it on autopay.

        :return: why that cannot be done, as Odoo says it; empty when it was
        """
        if self.state == "draft" and (words := self._post_to_collect()):
            return words
        under_way = self.autopay_status in ("in_progress", "error")
        if not under_way and not self._is_autopay_settled():
            if not self._is_autopay_complete():
                self._set_autopay_eligible()
                # Odoo has made the next invoice of a series with the posting.
                self.filtered("auto_post_origin_id")._take_autopay_follower_along()
            self._date_to_collect(day)
        return ""

    def _date_to_collect(self, day):
        """Give an invoice the day that was asked for, unless somebody meant another."""
        today = self.company_id._get_autopay_today()
        if day and self.autopay_date_source not in MEANT_SOURCES:
            first = max(today, self.invoice_date or today)
            self._give_autopay_date(max(day, first), "trigger")
        if self.autopay_date and self.autopay_date <= today:
            self.env.ref("autopay.ir_cron_charge_due_invoices").sudo()._trigger()

    def _post_to_collect(self):
        try:
            with self.env.cr.savepoint():
                self.action_post()
        except (UserError, RedirectWarning) as error:
            return str(error)
        return ""


def _read_source(source):
    """Return the name of a source; an empty one would be that of all who leave it out.

    :raises ValueError: when it is none
    """
    name = source.strip() if isinstance(source, str) else ""
    if not name or len(name) > SOURCE_LETTERS or "\0" in name:
        raise ValueError(
            f"The source of _autopay_collect names what was done, as sale:12:delivered "
            f"does, in {SOURCE_LETTERS} letters at most; not {str(source)[:50]!r}."
        )
    return name


def _read_day(day):
    """Return the day that a program gave, as a date, a moment or their ISO text.

    :return: a date, or None
    :raises ValueError: when it is none of these
    """
    try:
        return fields.Date.to_date(day)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The day of _autopay_collect is a date, not {str(day)[:50]!r}."
        ) from error
