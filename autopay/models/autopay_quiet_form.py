from odoo import api, fields, models

# Lists of the Autopay tab, each of which takes queries of its own.
TAB_LISTS = {"autopay_configuration_ids", "autopay_authorization_ids"}


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
        """Override of `web` not to look for lists of a tab that is not shown."""
        left_out = TAB_LISTS & specification.keys()
        if not left_out or self.env.company.autopay_known:
            return super().web_read(specification)
        rest = {
            name: asked for name, asked in specification.items() if name not in left_out
        }
        rows = super().web_read(rest)
        return [{**row, **{name: [] for name in left_out}} for row in rows]
