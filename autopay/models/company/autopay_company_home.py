import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const.invoice import KNOWN_PREFETCH, OWN_PREFETCH
from ...rights import PAYMENT_GROUPS, check_manager
from ..guard.autopay_scope import KNOWN

_logger = logging.getLogger(__name__)


class AutopayCompanyHome(models.Model):
    """Remembers which database charges for a company, so that its copies do not."""

    _inherit = "res.company"

    autopay_database_uuid = fields.Char(
        readonly=True,
        groups=PAYMENT_GROUPS,
        copy=False,
        help="The database in which Autopay was switched on; a copy charges nothing.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_database_facts = fields.Json(
        readonly=True,
        groups=PAYMENT_GROUPS,
        copy=False,
        help="What that database has of its own and a copy has not.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_copy_told = fields.Char(
        readonly=True,
        groups=PAYMENT_GROUPS,
        copy=False,
        help="The copy in which people were told that it is one.",
        prefetch=OWN_PREFETCH,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to remember where autopay was switched on."""
        companies = super().create(vals_list)
        companies.filtered("autopay_enabled")._remember_autopay_database()
        return companies

    def write(self, vals):
        """Override of `base` to remember where autopay was switched on."""
        # Home stays when it is on already: forms are saved in a copy, too.
        switched_on = self.browse()
        if vals.get("autopay_enabled"):
            switched_on = self.filtered(lambda company: not company.autopay_enabled)
        res = super().write(vals)
        switched_on._remember_autopay_database()
        if "autopay_known" in vals:
            self._forget_autopay_known()
        return res

    def _forget_autopay_known(self):
        """Look up anew where Autopay is known, here and in all servers.

        Once more after the commit: until then others read, and remember, what was.
        """
        clear_cache = self.env.registry.clear_cache
        clear_cache()
        self.env.cr.precommit.data.pop(KNOWN, None)
        self.env.cr.postcommit.add(clear_cache)

    def _remember_autopay_database(self):
        if self:
            facts = self.env["autopay.database"]._get_facts()
            self.sudo().write(
                {
                    "autopay_database_uuid": facts["uuid"],
                    "autopay_database_facts": facts,
                }
            )
            self._set_autopay_known()
            # The engine has not been silent here before.
            self.env["autopay.pulse"].sudo()._beat(self)

    def _set_autopay_known(self):
        """Note that autopay was switched on here, or is to collect an invoice.

        Providers and methods of a company serve its branches: it knows autopay, too.
        """
        known_ids = self._get_autopay_known_ids()
        unknown = self.filtered(lambda company: company.id not in known_ids)
        if unknown:
            unknown.sudo().parent_ids.autopay_known = True

    # === ACTION METHODS === #

    def action_autopay_adopt_database(self):
        """Let this database charge for the companies from now on, as a manager says."""
        check_manager(self)
        if not self.env.su and self - self.env.user.company_ids:
            raise AccessError(
                self.env._("Only a billing manager of the company may say this.")
            )
        copied = self.sudo().filtered(lambda company: company._is_autopay_copied())
        copied._remember_autopay_database()
        for company in copied:
            _logger.warning(
                "User %s has made this database the one that charges for company %s.",
                self.env.uid,
                company.id,
            )
            company.partner_id.message_post(body=company._get_autopay_adoption_note())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _get_autopay_adoption_note(self):
        return Markup("<p>%s</p>") % self.env._(
            "%(user)s has said that this database (%(database)s) is the real one: from "
            "now on it charges for %(company)s, and no other may.",
            user=self.env.user.name,
            database=self.env.cr.dbname,
            company=self.name,
        )

    # === BUSINESS METHODS === #

    def _get_autopay_database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _is_autopay_copied(self):
        """Return whether this database is a copy of the one that charges.

        The provider's keys are the same in both: both would charge. A database that was
        restored on another machine cannot be told from a copy; people tell.
        """
        self.ensure_one()
        company = self.sudo()
        if not company.autopay_database_uuid:
            return False
        facts = company.autopay_database_facts or {}
        home = {**facts, "uuid": company.autopay_database_uuid}
        return self.env["autopay.database"]._is_elsewhere(home)

    @api.model
    def _get_autopay_copied(self):
        """Return the companies whose charges another database looks after.

        Also those in which Autopay is off, or that are archived: what was charged
        before is still in the hands of that database.
        """
        companies = self.sudo().with_context(active_test=False)
        at_home_somewhere = companies.search([("autopay_database_uuid", "!=", False)])
        return at_home_somewhere.filtered(lambda company: company._is_autopay_copied())

    @api.model
    def _get_autopay_home_domain(self):
        """Return the domain of the records that this database looks after."""
        return [("company_id", "not in", self._get_autopay_copied().ids)]

    def _check_autopay_home(self):
        """Let nobody move money, or ask for it, in the name of another database.

        :raises UserError: when this database is a copy of the one that charges
        """
        for company in self.filtered(lambda each: each._is_autopay_copied()):
            raise UserError(
                self.env._(
                    "This database is a copy, or was moved: another one looks after "
                    "the charges of %(company)s. If that one is gone and this is the "
                    "real one now, a billing manager says so in Autopay > "
                    "Configuration > Settings.",
                    company=company.sudo().name,
                )
            )
