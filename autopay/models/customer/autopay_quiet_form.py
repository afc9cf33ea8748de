from odoo import api, fields, models

from .autopay_payer_glance import GLANCE

CONFIGURED = "autopay_configuration_ids"
# Lists of the Autopay tab, each of which takes queries of its own.
TAB_LISTS = {CONFIGURED, "autopay_authorization_ids"}


class AutopayQuietForm(models.AbstractModel):
    """Keeps customers' forms as quick as Odoo's where autopay was never on.

    The web client reads all that is in a form, hidden tabs included. Name this model
    before ``res.partner`` in ``_inherit``.
    """

    _name = "autopay.quiet.form"
    _description = "Customer's Form without Autopay"

    autopay_shown = fields.Boolean(
        compute="_compute_autopay_shown",
        help="Whether autopay is on in the company or ever was.",
    )

    @api.depends_context("company")
    def _compute_autopay_shown(self):
        self.autopay_shown = self.env.company.autopay_known

    def web_read(self, specification):
        """Override of `web` not to look for lists that are empty or not shown."""
        asked = TAB_LISTS & specification.keys()
        if not asked or not self._has_field_access(self._fields[CONFIGURED], "read"):
            return super().web_read(specification)
        partners, left_out = self._find_autopay_empty(asked)
        rest = {
            name: spec for name, spec in specification.items() if name not in left_out
        }
        rows = super(AutopayQuietForm, partners).web_read(rest)
        return [{**row, **{name: [] for name in left_out}} for row in rows]

    def _find_autopay_empty(self, asked):
        """Return these customers as the form reads them, and which lists are empty.

        What is seen of them goes along, so that nothing is looked up that is not there.
        """
        company = self.env.company
        if not company.autopay_known:
            return self, asked
        # Some of them may be hidden from the user: these are refused later.
        payers = self.sudo().commercial_partner_id | self.sudo()
        seen = self.env["autopay.payer.glance"]._look(company, payers)
        return self.with_context(**{GLANCE: seen}), (
            set() if seen.configured else asked & {CONFIGURED}
        )
