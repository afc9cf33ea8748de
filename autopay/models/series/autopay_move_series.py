from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ... import const
from ...const.invoice import PERIOD_MONTHS
from ...rights import STAFF_GROUPS

# A series has so many invoices at most: a century of months.
MOST_REPEATS = 1200


class AutopayMoveSeries(models.Model):
    """Lets the invoices that Odoo makes of a recurring one be collected as it is.

    Odoo makes the next invoice, a draft, in the moment in which one is posted. It
    inherits that it is on autopay and the method; its dates are its own, by the rule.
    """

    _inherit = "account.move"

    autopay_repeat_count = fields.Integer(
        string="Invoices Left",
        compute="_compute_autopay_repeat_count",
        inverse="_inverse_autopay_repeat_count",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="How many invoices the series still has, this one included: another way "
        "to say until when it is posted. Zero: it has no end.",
    )
    autopay_repeat_given = fields.Integer(
        string="Invoices Left as Given",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        groups=STAFF_GROUPS,
        help="The number that somebody has given: the end of the series follows the "
        "date of this invoice. Zero: somebody has given the end itself, or none.",
    )
    _autopay_series_idx = models.Index(
        "(company_id) WHERE auto_post_origin_id IS NULL AND state = 'draft' "
        "AND auto_post IN ('monthly', 'quarterly', 'yearly')"
    )

    # === COMPUTE METHODS === #

    @api.depends("date", "auto_post", "auto_post_until", "auto_post_origin_id.date")
    def _compute_autopay_repeat_count(self):
        for move in self:
            move.autopay_repeat_count = move._count_autopay_repeats()

    def _inverse_autopay_repeat_count(self):
        for move in self:
            count = move.autopay_repeat_count
            if count != move._count_autopay_repeats():
                move._check_autopay_repeats(count)
                move._set_autopay_repeats(count)

    def _check_autopay_repeats(self, count):
        """Refuse a number that no series can have.

        :raises ValidationError: why not
        """
        if self.state != "draft":
            raise ValidationError(
                self.env._(
                    "This invoice is posted: change the end of the series on its next "
                    "invoice, which is still a draft."
                )
            )
        if refusal := self._get_repeats_refusal(count):
            raise ValidationError(refusal)

    def _get_repeats_refusal(self, count):
        if not 0 <= count <= MOST_REPEATS:
            return self.env._(
                "A series has 1 to %s invoices, or 0 for one without end.", MOST_REPEATS
            )
        if count and not self._is_recurring():
            return self.env._(
                "This invoice is not recurring: first let it be posted monthly, "
                "quarterly or yearly."
            )
        return ""

    # === ONCHANGE METHODS === #

    @api.onchange("autopay_repeat_count")
    def _onchange_autopay_repeat_count(self):
        """Bring the end along with the number of invoices.

        :return: a warning when no series can have so many
        """
        count = self.autopay_repeat_count
        if count == self._count_autopay_repeats():
            return {}
        refusal = self._get_repeats_refusal(count)
        if not refusal:
            self._set_autopay_repeats(count)
            return {}
        self.autopay_repeat_count = self._count_autopay_repeats()
        return self._warn_autopay(refusal)

    @api.onchange("auto_post_until")
    def _onchange_auto_post_until(self):
        """Take an end that is not the one of the number that was given."""
        self._drop_other_repeats()

    @api.onchange("auto_post", "date", "invoice_date")
    def _onchange_autopay_period(self):
        """Keep the number of invoices that was given, on other dates."""
        if not self.autopay_repeat_given:
            return
        if self._is_recurring():
            self._set_autopay_repeats(self.autopay_repeat_given)
        else:
            self.autopay_repeat_given = 0

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `account`: the end that was given last is the one that counts."""
        res = super().write(vals)
        if "auto_post_until" in vals and "autopay_repeat_given" not in vals:
            self._filter_autopay_known().sudo()._drop_other_repeats()
        return res

    # === DATES === #

    def _is_recurring(self):
        return self.auto_post in PERIOD_MONTHS and bool(self.date)

    def _get_autopay_repeat_date(self, number):
        """Return the date of a later invoice of the series, by Odoo's own count.

        :param int number: 0 is this invoice, 1 the next one
        """
        if not number:
            return self.date
        origin = self.auto_post_origin_id
        # A first invoice that is edited is its own origin, with the date in the form.
        first = self.date if not origin or origin == self._origin else origin.date
        months = PERIOD_MONTHS[self.auto_post] * (number - 1)
        # Odoo looks at year and month of the date before, and keeps the origin's day.
        before = self.date.replace(day=1) + relativedelta(months=months)
        return self._apply_delta_recurring_entries(before, first, self.auto_post)

    def _count_autopay_repeats(self):
        """Return how many invoices the series has from this one on; 0 without end."""
        until = self.auto_post_until
        if not until or not self._is_recurring():
            return 0
        months = (until.year - self.date.year) * 12 + until.month - self.date.month
        number = max(months // PERIOD_MONTHS[self.auto_post], 0)
        if number and self._get_autopay_repeat_date(number) > until:
            number -= 1
        return number + 1

    def _set_autopay_repeats(self, count):
        """Have the series end with so many invoices; zero: not at all."""
        until = count and self._get_autopay_repeat_date(count - 1)
        self.update({"autopay_repeat_given": count, "auto_post_until": until or False})

    def _drop_other_repeats(self):
        """Forget numbers that the ends do not fit any more."""
        for move in self.filtered("autopay_repeat_given"):
            number = move.autopay_repeat_given - 1
            fits = move._is_recurring() and (
                move.auto_post_until == move._get_autopay_repeat_date(number)
            )
            if not fits:
                move.autopay_repeat_given = 0

    # === THE NEXT INVOICE === #

    def _copy_recurring_entries(self):
        """Override of `account`: one next invoice, and the marks of the one before.

        An invoice that is reset to draft and posted again would have Odoo make a
        second one for the same period, and the customer would be charged for both.
        """
        ours = self._filter_autopay_collectable()
        for move in ours.sudo().filtered("autopay_repeat_given"):
            move._set_autopay_repeats(move.autopay_repeat_given)
        continued = ours._filter_autopay_continued()
        rest = super(AutopayMoveSeries, self - continued)
        res = rest._copy_recurring_entries()
        (ours - continued)._hand_on_autopay_marker()
        return res

    def _filter_autopay_continued(self):
        """Return those whose series has later invoices already, and say so there."""
        posted_before = self.filtered("auto_post_origin_id")
        continued = self.browse()
        if not posted_before:
            return continued
        later = posted_before.sudo()._search_autopay_series()
        for move in posted_before:
            found = later.filtered(move._is_autopay_continued_by)
            if found:
                continued |= move
                move._message_log(
                    body=self.env._(
                        "The series goes on with %s already: no other invoice was made "
                        "for the next period.",
                        found[0].display_name,
                    )
                )
        return continued

    def _search_autopay_series(self):
        """Return all invoices of these series that are not cancelled, by date."""
        domain = Domain("auto_post_origin_id", "in", self.auto_post_origin_id.ids)
        return self.search(domain & Domain("state", "!=", "cancel"), order="date, id")

    def _is_autopay_continued_by(self, other):
        """Return whether the series goes on with another invoice.

        A draft that was made for the next period is one, also where this invoice was
        reset and got a day behind it.
        """
        waits = other.state == "draft" and other.id > self.id
        own = other.auto_post_origin_id == self.auto_post_origin_id
        return self._is_autopay_followed_by(other) or (own and waits)

    def _is_autopay_followed_by(self, other):
        return (
            other.auto_post_origin_id == self.auto_post_origin_id
            and other.id != self.id
            and other.date > self.date
        )

    def _get_fields_to_copy_recurring_entries(self, values):
        """Override of `account`: what the next invoice inherits of autopay."""
        values = super()._get_fields_to_copy_recurring_entries(values)
        if self._filter_autopay_collectable():
            values.update(self.sudo()._get_autopay_series_values())
        return values

    def _get_autopay_series_values(self):
        """Return the values of the next invoice.

        Its dates are found when it is posted. A hold, a dispute, a plan and what a
        customer has skipped or moved are those of one invoice.
        """
        values = {}
        if self.autopay_repeat_given > 1:
            values["autopay_repeat_given"] = self.autopay_repeat_given - 1
        if self._is_autopay_handed_on():
            values["autopay_status"] = "eligible"
            values["autopay_token_id"] = self.autopay_token_id.id
        return values

    def _is_autopay_handed_on(self):
        """Return whether the next invoice is on autopay because this one is."""
        company = self.company_id
        policy = self.partner_id._get_autopay_policy(company)
        if not (self.autopay_status and company.autopay_enabled and policy != "off"):
            return False
        try:
            token = self.autopay_token_id
            token and token._check_autopay_fits(self.commercial_partner_id, company)
        except ValidationError as error:
            body = self.env._(
                "The next invoice of the series is not put on autopay. %s", error
            )
            self._message_log(body=body)
            return False
        return True

    def _hand_on_autopay_marker(self):
        """Keep who has put the series on autopay: second persons approve it."""
        marked = self.sudo().filtered("autopay_marked_by_id")
        if not marked:
            return
        unmarked = marked._search_autopay_series().filtered(
            lambda other: (
                other.state == "draft"
                and other.autopay_status == "eligible"
                and not other.autopay_marked_by_id
            )
        )
        for move in marked:
            followers = unmarked.filtered(move._is_autopay_followed_by)
            marker = move.autopay_marked_by_id.id
            followers._write_autopay({"autopay_marked_by_id": marker})

    # === PEOPLE === #

    def _put_on_autopay(self, groups):
        """Override: the next invoice of a series was made before, with its posting."""
        res = super()._put_on_autopay(groups)
        fresh = groups.get("fresh", self.browse())
        fresh.filtered(
            lambda move: move.state == "posted" and move.auto_post_origin_id
        )._take_autopay_follower_along()
        return res

    def _take_autopay_follower_along(self):
        """Put on autopay the drafts that follow these invoices, and say why."""
        if not self:
            return
        series = self._search_autopay_series()
        for move in self:
            later = series.filtered(move._is_autopay_followed_by)
            if len(later) == 1 and later.state == "draft" and not later.autopay_status:
                later._set_autopay_eligible()
                later._message_log(
                    body=self.env._(
                        "Put on autopay together with %s, the invoice before it in "
                        "the series.",
                        move.display_name,
                    )
                )
