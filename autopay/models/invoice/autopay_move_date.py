from odoo import api, fields, models

from ... import const
from ...fields import limit_day
from ...rights import STAFF_GROUPS
from ...words.days import say_day
from ...words.invoices.dates import get_date_words, get_early_words, get_hold_words
from ..decision.facts import Question

# Fields that the rule of a company looks at.
DUE_FIELDS = {"invoice_date", "invoice_date_due", "invoice_payment_term_id"}

# Statuses in which the day of a charge is still to come.
AHEAD_STATUSES = ("eligible", "error")


class AutopayMoveDate(models.Model):
    """Remembers where the autopay date of an invoice comes from, and moves it along.

    A date by the company's rule follows the due date, however that was moved; one that
    was set by hand stays.
    """

    _inherit = "account.move"

    autopay_date_source = fields.Selection(
        const.invoice.DATE_SOURCES,
        string="Autopay Date from",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="A date by the company's rule follows the due date of the invoice; one "
        "that was set by hand stays. A rule that is changed later moves no date that "
        "an invoice has already, until its due date is moved.",
    )

    # === CRUD METHODS === #

    def _read_autopay_dates(self, vals):
        """Return what is to be known of the dates before these values are written.

        :return: {id: date} and the invoices with a date by the rule; None when the
            values change neither
        """
        touched = {"autopay_date", *DUE_FIELDS} & vals.keys()
        if not touched or "autopay_date_source" in vals:
            return None
        if "autopay_date" not in vals and not self._filter_autopay_known():
            return None
        # Not all who may edit invoices may read how they are collected.
        own = self.sudo()
        by_rule = own.filtered(lambda move: move.autopay_date_source == "rule")
        return {move.id: move.autopay_date for move in own}, by_rule

    def _bring_autopay_dates(self, vals, before):
        """Have a date by the rule follow what the rule looks at.

        :param before: what ``_read_autopay_dates`` returned
        """
        if before is None:
            return
        known, by_rule = before
        if "autopay_date" not in vals:
            by_rule._update_autopay_dates()
            return
        own = self.sudo()
        same = own.filtered(lambda move: move.autopay_date == known[move.id])
        (own if DUE_FIELDS & vals.keys() else own - same)._set_date_source()

    def _set_created_date_sources(self, vals_list):
        """Note dates that were set by hand on invoices that were just made."""
        dated = self.browse(
            move.id
            for move, vals in zip(self, vals_list, strict=True)
            if vals.get("autopay_date") and "autopay_date_source" not in vals
        )
        if dated:
            dated._write_autopay({"autopay_date_source": "person"})

    # === ONCHANGE METHODS === #

    @api.onchange("autopay_date")
    def _onchange_autopay_date(self):
        """Show in the form whether the date still is the one by the rule.

        :return: a warning when the date has come already
        """
        ruled = self._is_autopay_ruled() and self._get_autopay_next_date()
        self.autopay_date_source = self._find_date_source(ruled)
        day = self.autopay_date
        if not day or not self.company_id:
            return {}
        today = self.company_id._get_autopay_today()
        if words := get_early_words(self.env, self, today):
            return self._warn_autopay(words)
        if day > today:
            return {}
        return self._warn_autopay(
            self.env._(
                "%(date)s has come: the invoice is charged at the next run, within "
                "minutes.",
                date=say_day(self.env, day),
            )
        )

    @api.onchange("autopay_hold_date")
    def _onchange_autopay_hold_date(self):
        """Say that a hold of the past holds nothing.

        :return: a warning
        """
        day = self.autopay_hold_date
        if not day or not self.company_id or day > self.company_id._get_autopay_today():
            return {}
        return self._warn_autopay(get_hold_words(self.env, day))

    def _warn_autopay(self, message):
        warning = {"type": "notification", "title": self.env._("Autopay")}
        return {"warning": {**warning, "message": message}}

    @api.onchange("invoice_date", "invoice_date_due", "invoice_payment_term_id")
    def _onchange_autopay_due(self):
        """Show in the form what saving does to a date by the rule."""
        # A draft follows none, and need not be looked at with other rights.
        if self.state == "posted" and self.sudo()._is_following_rule():
            self.autopay_date = self._get_autopay_next_date()

    # === BUSINESS METHODS === #

    def _is_autopay_ruled(self):
        """Return whether the rule gives a date: that of a draft is not known yet."""
        return self.state == "posted" and self.move_type == "out_invoice"

    def _find_date_source(self, ruled):
        """Return where a date comes from that somebody has just given.

        Who gives an invoice the very date of the rule gives it back to the rule.

        :param date ruled: the date by the rule; False or None when it gives none
        """
        self.ensure_one()
        if not self.autopay_date:
            return False
        return "rule" if self.autopay_date == ruled else "person"

    def _set_date_source(self):
        """Note where dates come from that somebody has just given."""
        ruled = self.env["autopay.due"]._get_rule_dates(
            self.filtered(lambda move: move.autopay_date and move._is_autopay_ruled())
        )
        for source, moves in self.grouped(
            lambda move: move._find_date_source(ruled.get(move))
        ).items():
            changed = moves.filtered(
                lambda move, source=source: move.autopay_date_source != source
            )
            changed._write_autopay({"autopay_date_source": source})

    def _is_following_rule(self):
        """Return whether the day of the charge is still to come, and is the rule's."""
        self.ensure_one()
        return (
            self.autopay_date_source == "rule"
            and self.state == "posted"
            and self.autopay_status in AHEAD_STATUSES
        )

    def _update_autopay_dates(self):
        """Give invoices whose date came from the rule the date that it gives now."""
        following = self.filtered(lambda move: move._is_following_rule())
        following._give_rule_dates()

    def _give_rule_dates(self):
        """Give invoices the date by the rule, those of one day together."""
        days = self.env["autopay.due"]._get_rule_dates(self)
        by_day = self.grouped(days.get)
        for day, moves in by_day.items():
            changed = moves.filtered(lambda move, day=day: move.autopay_date != day)
            changed._give_autopay_date(day, "rule")

    def _set_autopay_default_date(self):
        """Give invoices without autopay date one by the company's rule."""
        undated = self.filtered(lambda move: not move.autopay_date)
        undated._give_rule_dates()

    def _take_back_rule_dates(self):
        """Take dates by the rule from invoices that get another due date first."""
        given = self.sudo().filtered(lambda move: move.autopay_date_source == "rule")
        given._give_autopay_date(False, False)

    def _give_autopay_date(self, day, source):
        """Write a date of the engine, and where it comes from.

        No due date at an end of the calendar keeps a payment from being booked.

        :param str source: a code of ``const.DATE_SOURCES``, or False
        """
        values = {"autopay_date": limit_day(day), "autopay_date_source": source}
        self._write_autopay(values)

    def _write_autopay(self, vals):
        """Write what is the engine's to write; the chatter shows dates change."""
        context = {**const.engine.OWN_FIELDS_CONTEXT, "tracking_disable": False}
        if self:
            self.sudo().with_context(**context).write(vals)

    def _get_autopay_next_date(self):
        """Return the autopay date by the company's rule: that of the part at hand."""
        self.ensure_one()
        return self.env["autopay.due"]._get_rule_dates(self)[self]

    def _get_autopay_charge_day(self, share, today):
        """Return the first day on which the charge at hand may be made, by its dates.

        Whoever decides about the day, or tells it, asks here. No charge is made before
        the invoice date, whoever has set an earlier day.

        :param share: the ``Due`` of the invoice, in parts it knows the day
        :param date today: in the company's time zone
        :return: a date; False without an autopay date
        """
        self.ensure_one()
        discounts = self.env["autopay.discount"]
        day = share.day or discounts._get_charge_day(self, today)
        return day and max(day, self.invoice_date or day)

    def _get_autopay_judged_day(self, today):
        """Return the day for which the invoice and its method are judged.

        It is the day of its charge, as far as its own dates say: until then a rule may
        come to match, and a card may expire.

        :param date today: in the company's time zone; no earlier day is returned
        """
        self.ensure_one()
        if self.state == "draft":
            day = self.env["autopay.at.posting"]._get_day(self.company_id, self)
            return limit_day(day)
        day = self.env["autopay.discount"]._get_charge_day(self, today)
        if not day:
            return today
        failed = self.autopay_status == "error" or self.sudo().autopay_failed_before
        days = (self.invoice_date, self.autopay_hold_date)
        days = (today, day, *days, failed and self.autopay_retry_date)
        # After the last day of the calendar there is no month to wait for.
        return limit_day(max(filter(None, days)))

    def _get_autopay_tokens(self, mode="scheduled"):
        """Return {move id: token} of the methods that pay these invoices.

        :param str mode: see ``_decide`` of ``autopay.decision``
        """
        choices = self.env["autopay.configuration.choice"]
        tokens = {}
        for company, moves in self.grouped("company_id").items():
            question = Question(mode).get_dated(moves, company._get_autopay_today())
            chosen = choices._choose_for(company, moves, question)
            tokens.update((key, choice.token) for key, choice in chosen.items())
        return tokens

    def _get_autopay_part_date(self, due):
        """Return the day of one of several parts; hook for other rules.

        :param date due: the day on which the customer has to pay it
        """
        self.ensure_one()
        company = self.company_id
        invoiced = self.invoice_date or company._get_autopay_today()
        return company._get_autopay_part_date(invoiced, due)

    def _get_autopay_default_date(self):
        """Return the autopay date by the rule, or earlier to take a discount."""
        ruled = self._get_autopay_rule_date()
        return self.env["autopay.discount"]._bring_forward(self, ruled)

    def _get_autopay_rule_date(self):
        """Return the autopay date by the company's rule; hook for other rules."""
        self.ensure_one()
        company = self.company_id
        invoiced = self.invoice_date or company._get_autopay_today()
        return company._get_autopay_date(invoiced, self.invoice_date_due or invoiced)

    def _get_autopay_date_words(self, today, ruled):
        """Return what is to be known about the autopay date, as sentences.

        :param date today: in the company's time zone
        :param date ruled: the date by the company's rule; None when there is none yet
        """
        self.ensure_one()
        return get_date_words(self.env, self, ruled, today)
