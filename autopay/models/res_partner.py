from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..rights import STAFF_GROUPS, check_billing, check_staff
from ..words.readiness import get_readiness_words
from .customer.autopay_payer_glance import GLANCE
from .decision.facts import get_trial_consent
from .guard.empty_values import get_empty_values

# Contacts may be edited by people who must not decide who is charged.
RESTRICTED_FIELDS = {
    "autopay_token_id",
    "autopay_policy",
    "autopay_discount_policy",
    "autopay_fallback_policy",
    "autopay_portal_manager",
    "autopay_portal_right",
}


CONFIGURED = "autopay_configuration_ids"

# Lists of the Autopay tab, each of which takes queries of its own.
TAB_LISTS = {CONFIGURED, "autopay_authorization_ids"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "autopay.default.guard",
        "autopay.status.change",
        "res.partner",
    ]
    _autopay_status_fields = frozenset(
        {"active", "autopay_policy", "autopay_token_id", "autopay_discount_policy"}
    )

    autopay_token_id = fields.Many2one(
        "payment.token",
        string="Default Payment Method",
        company_dependent=True,
        prefetch=const.invoice.OWN_PREFETCH,
        copy=False,
        groups=STAFF_GROUPS,
        help="The saved payment method that pays this customer's invoices. Setting up "
        "autopay records how the customer authorized it.",
    )
    autopay_policy = fields.Selection(
        const.invoice.POLICIES,
        company_dependent=True,
        prefetch=const.invoice.OWN_PREFETCH,
        groups=STAFF_GROUPS,
        help="Empty: the company's default.",
    )
    autopay_discount_policy = fields.Selection(
        const.invoice.DISCOUNT_POLICIES,
        string="Early-Payment Discounts",
        company_dependent=True,
        prefetch=const.invoice.OWN_PREFETCH,
        groups=STAFF_GROUPS,
        help="Empty: the company's default.",
    )
    autopay_configuration_ids = fields.One2many(
        "autopay.configuration",
        "partner_id",
        string="Payment Rules",
        domain=lambda self: [("company_id", "=", self.env.company.id)],
        depends_context=("company",),
        groups=STAFF_GROUPS,
        help="Tried in this order: the first one that matches an invoice pays it. "
        "Without any, the default payment method pays.",
    )
    autopay_authorization_ids = fields.One2many(
        "autopay.authorization", "partner_id", readonly=True, groups=STAFF_GROUPS
    )
    autopay_readiness = fields.Selection(
        lambda self: self.env["autopay.readiness"]._get_selection(),
        compute="_compute_autopay_readiness",
        search="_search_autopay_readiness",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="Whether invoices of this customer can be collected, and if not, why.",
    )
    autopay_readiness_text = fields.Text(
        compute="_compute_autopay_readiness",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_available_token_ids = fields.Many2many(
        "payment.token",
        string="Payment Methods to Choose from",
        compute="_compute_autopay_available_token_ids",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )

    autopay_paused_token_ids = fields.Many2many(
        "payment.token",
        string="Paused Payment Methods",
        compute="_compute_autopay_available_token_ids",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )

    autopay_failed_count = fields.Integer(
        compute="_compute_autopay_failed_count",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="Invoices whose last charge failed and that will not be retried "
        "automatically.",
    )

    autopay_shown = fields.Boolean(
        compute="_compute_autopay_shown",
        help="Whether autopay is on in the company or ever was.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company", "lang")
    @api.depends(
        "active",
        "commercial_partner_id",
        "autopay_token_id.autopay_paused_date",
        "autopay_policy",
        "autopay_authorization_ids.revoked_date",
        "autopay_configuration_ids.enabled",
        "autopay_configuration_ids.issue_code",
    )
    def _compute_autopay_readiness(self):
        payers = self.commercial_partner_id
        judged = self.env["autopay.readiness"]._judge(self.env.company, payers)
        table = self.env["autopay.decision"]._get_blocker_table()
        words = {
            payer: get_readiness_words(self.env, found.word, found.token, table)
            for payer, found in judged.items()
        }
        for partner in self:
            payer = partner.commercial_partner_id
            partner.autopay_readiness = judged[payer].value
            partner.autopay_readiness_text = words[payer]

    @api.model
    def _search_autopay_readiness(self, operator, value):
        """Find customers by readiness among those that autopay has to do with."""
        # Odoo asks for the rights to a field only where its own column is searched.
        check_staff(self)
        if operator != "in":
            return NotImplemented
        partners = self.sudo().search(self._get_autopay_customer_domain())
        found = partners.filtered(lambda partner: partner.autopay_readiness in value)
        return [("id", "in", found.ids)]

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_autopay_available_token_ids(self):
        if not self.env.company._is_autopay_known():
            self.autopay_available_token_ids = self.autopay_paused_token_ids = False
            return
        tokens = self.env["payment.token"].search_fetch(
            [
                *self.env["payment.token"]._check_company_domain(self.env.company),
                (
                    "partner_id.commercial_partner_id",
                    "in",
                    self.commercial_partner_id.ids,
                ),
            ],
            order="id desc",
        )
        by_payer = tokens.grouped(lambda token: token.partner_id.commercial_partner_id)
        for partner in self:
            found = by_payer.get(partner.commercial_partner_id, tokens.browse())
            partner.autopay_available_token_ids = found
            partner.autopay_paused_token_ids = found.filtered("autopay_paused_date")

    # === CONSTRAINT METHODS === #

    @api.constrains("autopay_token_id")
    def _check_autopay_token(self):
        for partner in self.sudo().filtered("autopay_token_id"):
            token = partner.autopay_token_id
            token._check_autopay_fits(partner.commercial_partner_id, self.env.company)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to record the authorization of a chosen method."""
        if any(vals.get(name) for vals in vals_list for name in RESTRICTED_FIELDS):
            check_billing(self)
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            if vals.get("autopay_token_id"):
                partner._record_autopay_authorization("staff")
        return partners

    def write(self, vals):
        """Override of `base` to record the authorization of a newly chosen method."""
        if RESTRICTED_FIELDS & vals.keys():
            check_billing(self)
        if not vals.get("active", True):
            self._recall_autopay_attempts()
        # A method that a merge moves was not chosen by anybody.
        chosen = self if "autopay_token_id" in vals else self.browse()
        if self.env.context.get("autopay_merge"):
            chosen = self.browse()
        before = {partner: partner.autopay_token_id for partner in chosen}
        moved, stakes = self._check_autopay_move(vals)
        res = super().write(vals)
        if moved:
            self._settle_autopay_move(moved, stakes)
        chosen = chosen.filtered(lambda rec: rec.autopay_token_id != before[rec])
        chosen.filtered(
            lambda rec: rec.autopay_token_id and rec._needs_autopay_consent()
        )._record_autopay_authorization("staff")
        return res

    # === BUSINESS METHODS === #

    def _recall_autopay_attempts(self):
        """Call back charges of customers who are archived."""
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return
        attempts = self.env["autopay.attempt"].sudo()
        live = [("partner_id", "in", self.ids), ("line_ids.live", "=", True)]
        attempts.search(live)._recall()

    def _record_autopay_authorization(self, channel, **details):
        """Record for each partner that its method may be charged, and by whom."""
        authorizations = self.env["autopay.authorization"]
        for partner in self:
            authorizations |= authorizations._record(
                partner,
                self.env.company,
                partner.autopay_token_id,
                channel,
                **details,
            )
        return authorizations

    def _get_autopay_policy(self, company):
        """Return the policy that holds for this customer: its own or the company's."""
        self.ensure_one()
        payer = self.sudo().commercial_partner_id.with_company(company)
        trial = get_trial_consent(self.env, company)
        tried = trial and trial.payer == payer
        own = trial.policy if tried else payer.autopay_policy
        return own or company.autopay_policy

    def _read_for_autopay(self, company):
        """Read these customers once, with what holds for them in a company.

        By itself, Odoo would read that apart from what its own screens show of them.
        """
        payers = self.sudo()._origin.with_company(company)
        shown = [
            name for name, field in payers._fields.items() if field.prefetch is True
        ]
        payers.fetch([*shown, "autopay_policy", "autopay_token_id"])

    @api.model
    def _get_autopay_customer_domain(self):
        """Return the customers that autopay has to do with, hook for other modules."""
        return [
            ("parent_id", "=", False),
            "|",
            ("customer_rank", ">", 0),
            ("autopay_token_id", "!=", False),
        ]

    # === ACTION METHODS === #

    def action_view_autopay_notices(self):
        """Open the mails that these customers got."""
        self.check_access("read")
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id("autopay.autopay_notice_action")
        domain = [("partner_id", "in", self.commercial_partner_id.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_view_autopay_invoices(self):
        """Open the customer's invoices that are on autopay."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.account_move_action_autopay"
        )
        action["domain"] = [
            ("move_type", "=", "out_invoice"),
            ("partner_id", "child_of", self.commercial_partner_id.ids),
            ("autopay_status", "!=", False),
        ]
        action["context"] = {"default_move_type": "out_invoice"}
        return action

    def action_autopay_dry_run(self):
        """Open a new dry run of these customers' invoices."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_dry_run_action_new"
        )
        payers = self.commercial_partner_id
        return {**action, "context": {"default_partner_ids": payers.ids}}

    # === RETRY === #

    @api.depends_context("company")
    def _compute_autopay_failed_count(self):
        company = self.env.company
        self.autopay_failed_count = 0
        if not company._is_autopay_known():
            return
        payers = self.commercial_partner_id
        seen = self.env["autopay.payer.glance"]._get_known(company, payers)
        if seen and not seen.failed:
            return
        moves = payers._get_autopay_failed_moves(company)
        by_payer = moves.grouped("commercial_partner_id")
        for partner in self:
            payer = partner.commercial_partner_id._origin
            partner.autopay_failed_count = len(by_payer.get(payer, ()))

    def _get_autopay_failed_moves(self, company):
        """Return the invoices of these payers that only a person tries again.

        Where money went back, or the customer disputes, it is another matter.
        """
        moves = self.env["account.move"].sudo()
        found = moves.search(
            moves._get_autopay_open_domain()
            & Domain(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("autopay_status", "=", "error"),
                    ("autopay_retry_date", "=", False),
                    ("autopay_in_dispute", "=", False),
                ]
            )
            & Domain("autopay_attempt_line_ids", "not any", [("live", "=", True)]),
            order="invoice_date_due, id",
        )
        returned = self.env["autopay.reversal"].sudo()._get_returned_attempts(found)
        return found.filtered(lambda move: move.id not in returned)

    def action_autopay_retry_failed(self):
        """Show what charging the failed invoices again would do, for a person's word.

        :raises UserError: when none has failed
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        payer = self.commercial_partner_id
        moves = payer._get_autopay_failed_moves(self.env.company)
        if not moves:
            raise UserError(self.env._("No invoice of this customer has failed."))
        return moves.sudo(False).action_autopay_charge_now()

    # === QUIET FORM === #

    @api.depends_context("company")
    def _compute_autopay_shown(self):
        self.autopay_shown = self.env.company._is_autopay_known()

    def web_read(self, specification):
        """Override of `web` not to look for lists that are empty or not shown."""
        asked = TAB_LISTS & specification.keys()
        if not asked or not self._has_field_access(self._fields[CONFIGURED], "read"):
            return super().web_read(specification)
        partners, left_out = self._find_autopay_empty(specification)
        rest = {
            name: spec for name, spec in specification.items() if name not in left_out
        }
        rows = super(ResPartner, partners).web_read(rest)
        return [{**row, **left_out} for row in rows]

    def _find_autopay_empty(self, specification):
        """Return these customers as the form reads them, and what is empty of them.

        What is seen of them goes along, so that nothing is looked up that is not there.

        :param dict specification: the fields that the form asks for
        :return: the customers, and {name of a field of ours: its empty value}
        """
        company = self.env.company
        if not company._is_autopay_known():
            return self, get_empty_values(self, specification)
        # Some of them may be hidden from the user: these are refused later.
        payers = self.sudo().commercial_partner_id | self.sudo()
        seen = self.env["autopay.payer.glance"]._look(company, payers)
        empty = set() if seen.configured else {CONFIGURED} & specification.keys()
        return self.with_context(**{GLANCE: seen}), get_empty_values(self, empty)

    def _is_autopay_discount_taken(self, company):
        """Return whether this customer is charged the discounted amount in time."""
        self.ensure_one()
        payer = self.sudo().commercial_partner_id.with_company(company)
        policy = payer.autopay_discount_policy or company.autopay_discount_policy
        return policy == "take"
