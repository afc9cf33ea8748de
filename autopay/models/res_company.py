from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache, str2bool

from .. import const
from ..const.deadline import WIRE_DAYS
from ..const.links.confirmation import CONFIRM_HOURS, LEAST_HOURS, MOST_HOURS
from ..rights import MANAGER_GROUP, PAYMENT_GROUPS
from ..schedules.days import shift
from .company.autopay_company_notice import DAYS_FIELDS


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = [
        "autopay.known.prefetch",
        "autopay.default.guard",
        "autopay.status.change",
        "res.company",
    ]
    _autopay_status_fields = frozenset(
        {
            "autopay_enabled",
            "autopay_policy",
            "autopay_quiet_days",
            "autopay_discount_policy",
            "autopay_combine",
            "autopay_approval_limit",
            *DAYS_FIELDS,
            "autopay_notice_gate",
            "autopay_credit_policy",
            "autopay_database_uuid",
        }
    )

    autopay_enabled = fields.Boolean(
        string="Autopay",
        help="Switched off, nothing is charged, whatever invoices and customers say.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_policy = fields.Selection(
        const.invoice.POLICIES,
        default="manual",
        required=True,
        help="Which invoices come onto autopay. A customer may have a policy of "
        "its own.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_date_rule = fields.Selection(
        const.invoice.DATE_RULES,
        default="due",
        required=True,
        help="How the autopay date of an invoice is found when nobody sets one. A "
        "fixed day of the month is the next such day from the invoice date on: it "
        "ignores the due date. A changed rule holds for dates given from then on.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_date_offset = fields.Integer(
        help="Days to add to the due date or the invoice date; negative means before.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_month_day = fields.Integer(
        default=1,
        help="Day of the month, the next one from the invoice date on, also when the "
        "invoice is due earlier or later; in shorter months the last day is taken.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_discount_policy = fields.Selection(
        const.invoice.DISCOUNT_POLICIES,
        string="Early-Payment Discounts",
        default="take",
        required=True,
        help="Taken, an invoice whose payment term grants a discount is charged on the "
        "last day of it, or on its autopay date when that is earlier. A customer may "
        "have a rule of its own.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_combine = fields.Boolean(
        string="One Charge for a Customer's Due Invoices",
        help="What is due of one customer, by the same method, is charged together: at "
        "most 50 invoices, and never more than a limit lets one charge take.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_responsible_id = fields.Many2one(
        "res.users",
        groups=PAYMENT_GROUPS,
        help="Who gets the activities when something needs a person. Empty: an "
        "accounting administrator of the company.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )

    autopay_provider_id = fields.Many2one(
        "payment.provider",
        string="Provider for New Consents",
        ondelete="set null",
        groups="base.group_system",
        domain="[('company_id', 'parent_of', id), ('autopay_usage', '!=', 'one_time')]",
        help="Where customers save a payment method for autopay, on their pages and by "
        "links. Empty, or for customers who cannot use it (country, currency, switched "
        "off): any that is used for autopay. Who has agreed already keeps the provider "
        "of the saved method.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_approval_limit = fields.Monetary(
        groups=PAYMENT_GROUPS,
        help="Charges above it need the approval of a second billing manager. Zero: "
        "none do.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_wire_days = fields.Integer(
        string="Days to Wait for a Transfer",
        default=WIRE_DAYS,
        help="A customer who chooses to pay by wire transfer keeps Autopay away from "
        "the invoice. After so many days the person in charge is asked whether the "
        "money will come.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_move_days = fields.Integer(
        string="Days to Move a Charge",
        help="Customers may move a charge in the portal, at most to so many days after "
        "the due date of the invoice. Zero: they may not.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_confirm_hours = fields.Integer(
        string="Hours to Confirm",
        default=CONFIRM_HOURS,
        required=True,
        groups=PAYMENT_GROUPS,
        help="When a bank wants a customer to confirm a charge, the customer has so "
        "many hours for it. Then the charge is withdrawn and counts as failed.",
        prefetch=const.invoice.OWN_PREFETCH,
    )
    autopay_credit_policy = fields.Selection(
        const.invoice.CREDIT_POLICIES,
        string="Open Credit",
        default="hold",
        required=True,
        help="What happens to an invoice while payments or credit notes of its "
        "customer pay nothing yet. What cannot be applied without doubt (a draft "
        "credit note, another currency) always holds the invoice until a person has "
        "said what becomes of it.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_known = fields.Boolean(
        readonly=True,
        copy=False,
        help="Autopay is on, or was on once, in the company or in a branch of it, or "
        "an invoice was put on it.",
        prefetch=const.invoice.KNOWN_PREFETCH,
    )
    autopay_steps_put_off = fields.Boolean(
        groups=PAYMENT_GROUPS,
        readonly=True,
        copy=False,
        help="Somebody wants the app to open on the overview, although its first steps "
        "are not done.",
        prefetch=const.invoice.OWN_PREFETCH,
    )
    autopay_blocked_date = fields.Date(
        groups=PAYMENT_GROUPS,
        readonly=True,
        copy=False,
        help="When it was last looked for invoices that are blocked for too long.",
        prefetch=const.invoice.OWN_PREFETCH,
    )
    autopay_confirm_limit = fields.Monetary(
        groups=PAYMENT_GROUPS,
        default=10000,
        help="Charging more than that at once by Charge Now is confirmed a second "
        "time. Zero: nobody is asked.",
        prefetch=const.invoice.OWN_PREFETCH,
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("autopay_month_day")
    def _check_autopay_month_day(self):
        if any(not 1 <= company.autopay_month_day <= 31 for company in self):
            raise ValidationError(
                self.env._("The autopay day of the month must be from 1 to 31.")
            )

    @api.constrains("autopay_move_days")
    def _check_autopay_move_days(self):
        if any(not 0 <= company.autopay_move_days <= 365 for company in self):
            raise ValidationError(
                self.env._("Customers may move a charge by 0 to 365 days.")
            )

    @api.constrains("autopay_date_offset")
    def _check_autopay_date_offset(self):
        # A date beyond the calendar would keep every invoice from being posted.
        if any(abs(company.autopay_date_offset) > 365 for company in self):
            raise ValidationError(
                self.env._("The autopay date is at most 365 days from its invoice.")
            )

    @api.constrains("autopay_wire_days")
    def _check_autopay_wire_days(self):
        if any(not 1 <= company.autopay_wire_days <= 90 for company in self):
            raise ValidationError(
                self.env._("Autopay waits from 1 to 90 days for a transfer.")
            )

    @api.constrains("autopay_provider_id")
    def _check_autopay_provider(self):
        for company in self.sudo():
            provider = company.autopay_provider_id
            if not provider:
                continue
            if provider.company_id not in company.parent_ids:
                raise ValidationError(
                    self.env._(
                        "%(provider)s belongs to another company than %(company)s.",
                        provider=provider.name,
                        company=company.name,
                    )
                )
            if provider.autopay_usage == "one_time":
                raise ValidationError(
                    self.env._("%s is used for one-time payments only.", provider.name)
                )

    @api.constrains("autopay_confirm_hours")
    def _check_autopay_confirm_hours(self):
        for company in self:
            if not LEAST_HOURS <= company.autopay_confirm_hours <= MOST_HOURS:
                raise ValidationError(
                    self.env._("Customers have from 1 to 336 hours to confirm.")
                )

    @api.constrains("autopay_approval_limit", "autopay_confirm_limit")
    def _check_autopay_limits(self):
        for company in self:
            if min(company.autopay_approval_limit, company.autopay_confirm_limit) < 0:
                raise ValidationError(
                    self.env._("A limit cannot be negative. Zero: there is none.")
                )

    # === BUSINESS METHODS === #

    def _get_autopay_status_pairs(self, known_ids):
        return [(company.id, False) for company in self]

    @api.model
    @ormcache()
    def _get_autopay_known_ids(self):
        """Return the ids of companies in which Autopay is, or has been, in use.

        It is remembered, so that Odoo's own work costs nothing more where there are
        none. Other servers learn of it a moment after it was switched on, and once more
        before the first charge: see ``_start`` of autopay.run.
        """
        return self._find_autopay_known_ids()

    @api.model
    def _find_autopay_known_ids(self):
        """Return the same in one query, without what is remembered: for the jobs."""
        companies = self.sudo().with_context(active_test=False)
        return frozenset(companies._search([("autopay_known", "=", True)]))

    def _is_autopay_known(self):
        """Return whether Autopay is on, or was on once, in this company."""
        return self.id in self._get_autopay_known_ids()

    @api.model
    def _is_autopay_known_anywhere(self):
        """Return whether Autopay is on, or was on once, in any company."""
        return bool(self._get_autopay_known_ids())

    @api.model
    def _is_autopay_unused(self):
        """Return whether Autopay never was on: nothing is due, or waits for an answer.

        Events of a provider that was set up before wait until it is switched on.
        """
        known_ids = self._find_autopay_known_ids()
        if known_ids and known_ids != self._get_autopay_known_ids():
            # Asked while somebody switched it on, a server would not learn it again.
            self.env.registry.clear_cache()
        return not known_ids

    @api.model
    def _is_autopay_neutralized(self):
        """Return whether this database is a copy that must never charge."""
        flag = self.env["ir.config_parameter"].sudo()
        return str2bool(flag.get_param("database.is_neutralized") or "false")

    def _is_autopay_used(self):
        """Return whether Autopay is on in the company or in a branch of it."""
        if self.autopay_enabled or not self.autopay_known:
            return self.autopay_enabled
        switched_on = [("id", "child_of", self.id), ("autopay_enabled", "=", True)]
        return bool(self.search_count(switched_on, limit=1))

    def _get_autopay_today(self):
        """Return today's date in the company's time zone."""
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=self._get_autopay_tz()))

    def _get_autopay_responsible(self):
        """Return the user who is asked when a person is needed."""
        self.ensure_one()
        # A user who has left the company sees no alarms any more.
        chosen = self.sudo().autopay_responsible_id.with_env(self.env)
        return (
            chosen.filtered("active") or self._get_autopay_managers().sorted("id")[:1]
        )

    def _get_autopay_called(self):
        """Return the user who is called: who is in charge, else an administrator.

        Nobody is called only because it was he who did something: that may have been a
        customer, or somebody who sees nothing of it.
        """
        self.ensure_one()
        return (
            self._get_autopay_responsible()
            or self._get_autopay_staff("base.group_system").sorted("id")[:1]
            or self.env["res.users"].browse(SUPERUSER_ID)
        )

    def _get_autopay_managers(self):
        """Return the billing managers of the company."""
        return self._get_autopay_staff(MANAGER_GROUP)

    def _get_autopay_staff(self, group):
        """Return those of a group who work for the company."""
        self.ensure_one()
        return self.env.ref(group).all_user_ids.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        )

    def _get_autopay_date(self, invoiced, due):
        """Return the day to charge an invoice of these dates, by the company's rule.

        It is never before the invoice date: Odoo has an invoice without payment term be
        due on the day on which it is made, also when it is dated next year.
        """
        self.ensure_one()
        if self.autopay_date_rule == "month_day":
            return self._get_next_month_day(invoiced, self.autopay_month_day)
        base = max(due, invoiced) if self.autopay_date_rule == "due" else invoiced
        return max(shift(base, self.autopay_date_offset), invoiced)

    def _get_autopay_part_date(self, invoiced, due):
        """Return the day to charge one of several parts of an invoice, by the rule.

        Each is charged on its own day: where the rule looks at the invoice date, a part
        that is due later is charged when it is due.

        :param date due: the day on which the customer has to pay the part
        """
        self.ensure_one()
        if self.autopay_date_rule == "month_day":
            return self._get_next_month_day(max(invoiced, due), self.autopay_month_day)
        day = self._get_autopay_date(invoiced, due)
        return day if self.autopay_date_rule == "due" else max(day, due)

    @api.model
    def _get_next_month_day(self, start, day):
        """Return the first such day of a month on or after the start."""
        found = start + relativedelta(day=day)
        # There is no month after the last one of the calendar.
        first = found if found >= start else shift(start.replace(day=1), 31)
        return first + relativedelta(day=day)
