from odoo import api, fields, models
from odoo.fields import Domain

from ... import const
from ...rights import STAFF_GROUPS
from ..guard.autopay_move_guard import IDLE_STATUSES
from ..guard.empty_values import find_own

# Both say what became of the money: with them it changes how the invoice stands.
STATUS_FIELDS = {"autopay_status", "autopay_refunded"}

# Standings in which nothing but time is in the way of a charge that has not failed.
PLANNED = ("scheduled",)
PLANNED_REASONS = (False, "date_not_reached", "notice_pending")


class AutopayMoveStatus(models.Model):
    """Keeps how an invoice stands where lists can search, group and count it.

    It is found out in sets by ``autopay.status``, apart from what changes it: whoever
    takes money decides anew. What is written on an invoice after it was looked at makes
    the answer old, which the dates of both tell without a further write. The guard of
    own values stands in front.
    """

    _inherit = "account.move"

    autopay_standing = fields.Selection(
        const.invoice.STANDINGS,
        string="Autopay",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        # Groups would be asked for each row of Odoo's own list: it is to stay quick.
        help="How the invoice stands, for lists and searches: looked at again when "
        "something changes, at the latest after a quarter of an hour, and each day.",
    )
    autopay_reason = fields.Selection(
        lambda self: self.env["autopay.decision"]._get_blocker_selection(),
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="Why the invoice was not to be charged when it was last looked at.",
    )
    autopay_next_date = fields.Date(
        string="Next Charge",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="The day of the next charge. Empty: something is in its way.",
    )
    autopay_standing_date = fields.Datetime(
        string="Autopay as of",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="When it was last looked at how the invoice stands.",
    )
    autopay_badge = fields.Char(
        compute="_compute_autopay_badge",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="What a customer's list says of it, a word for each badge.",
    )
    # Counts and sums are read from the indexes alone.
    _autopay_standing_idx = models.Index(
        "(company_id, autopay_standing, autopay_reason) "
        "INCLUDE (currency_id, amount_residual) "
        "WHERE autopay_standing IN ('scheduled', 'retry', 'waiting', 'blocked', "
        "'failed', 'in_progress', 'refunded', 'charged_back')"
    )
    _autopay_next_idx = models.Index(
        "(company_id, autopay_next_date) "
        "INCLUDE (currency_id, autopay_next_amount) "
        "WHERE autopay_standing IN ('scheduled', 'retry')"
    )

    # === COMPUTE METHODS === #

    @api.depends("autopay_status", "autopay_refunded", "autopay_in_dispute")
    def _compute_autopay_badge(self):
        """Look at what has changed lately; of all others it is kept."""
        known = self._filter_autopay_known()
        (self - known).autopay_badge = False
        old = known.browse()
        for move in known:
            badge = move._get_autopay_kept_badge()
            if badge is None:
                old |= move
            else:
                move.autopay_badge = badge
        for move in old:
            move.autopay_badge = move.autopay_portal_planned and "planned"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`, see `write`."""
        return super().create([self._add_autopay_standing(vals) for vals in vals_list])

    def write(self, vals):
        """Override of `account`: a new status shows in lists at once."""
        if not self.env.su and find_own(vals):
            self.env["autopay.status.mark"]._wake_soon()
        return super().write(self._add_autopay_standing(vals))

    def _add_autopay_standing(self, vals):
        """Return the values with how the invoices stand until they are looked at."""
        if STATUS_FIELDS.isdisjoint(vals):
            return self._add_autopay_retry(vals)
        vals = {**vals, "autopay_standing_date": False}
        if "autopay_status" in vals:
            status = vals["autopay_status"] or False
            standing = const.invoice.FIRST_STANDINGS.get(status, False)
            vals.update(autopay_standing=standing, autopay_reason=False)
            if status == "error" and vals.get("autopay_retry_date"):
                # The next try is planned along with the failure.
                vals["autopay_standing"] = "retry"
                vals["autopay_next_date"] = vals["autopay_retry_date"]
        if vals.get("autopay_refunded"):
            vals["autopay_standing"] = "refunded"
        return vals

    def _add_autopay_retry(self, vals):
        """Return the values with whether failed invoices are tried again by now."""
        if "autopay_retry_date" not in vals or not self:
            return vals
        if any(
            move.autopay_status != "error" or move.autopay_refunded for move in self
        ):
            return vals
        day = vals["autopay_retry_date"]
        return {
            **vals,
            "autopay_standing": "retry" if day else "failed",
            "autopay_standing_date": False,
            "autopay_next_date": day,
        }

    # === BUSINESS METHODS === #

    def _is_autopay_stale(self):
        """Return whether an invoice was changed since it was looked at."""
        date = self.autopay_standing_date
        return not date or date <= self.write_date

    def _get_autopay_badge(self):
        """Return what a customer's list says of an invoice; "" where it is Odoo's word.

        *held* and *withheld* as of the guard; *planned*: it is charged by itself. Asked
        one by one of a page of invoices, it is found out for all of them at once.
        """
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return ""
        return self.sudo().autopay_badge or ""

    def _is_autopay_planned(self):
        """Return whether an invoice is charged by itself: nobody need pay it."""
        return self._get_autopay_badge() == "planned"

    def _get_autopay_kept_badge(self):
        """Return the badge of an invoice; None when it has to be decided about."""
        status = self.autopay_status
        if status not in IDLE_STATUSES and self._is_autopay_held():
            return "held"
        if self._is_autopay_withheld():
            return "withheld"
        if status != "eligible" or not self.company_id.autopay_enabled:
            return False
        return None if self._is_autopay_stale() else self._get_kept_planned()

    def _get_kept_planned(self):
        planned = (
            self.autopay_standing in PLANNED
            and self.autopay_reason in PLANNED_REASONS
            and not self._is_autopay_failed()
            and self.payment_state in const.invoice.UNPAID_STATES
        )
        return planned and "planned"

    def _mark_autopay_credit(self):
        """Have invoices be looked at again whose customers these entries concern.

        Money that is open in a customer's favour keeps invoices from being charged.
        """
        others = self.sudo().filtered(
            lambda move: (
                move.move_type != "out_invoice"
                or (move.autopay_status and not move.autopay_standing)
            )
        )
        self.env["autopay.status.mark"]._mark_moves(others)

    @api.model
    def _get_autopay_reason_domain(self, codes):
        """Return the domain of invoices that these blockers keep from being charged.

        :param codes: codes of a ``Blocker``; False for what would be charged now
        """
        named = Domain("autopay_reason", "in", [code for code in codes if code])
        if False not in codes:
            return named
        return named | (
            Domain("autopay_standing", "in", ("scheduled", "retry"))
            & Domain("autopay_reason", "=", False)
        )
