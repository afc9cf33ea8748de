from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const.notices.kinds import KIND_SELECTION
from ...rights import check_manager


class AutopayNoticeSetting(models.Model):
    """Whether a company sends one kind of mail to its customers.

    Rows are made when somebody opens the list; without one the kind is on.
    """

    _name = "autopay.notice.setting"
    _description = "Kind of Mail to Customers"
    _inherit = "autopay.default.guard"
    _order = "company_id, sequence, id"
    _rec_name = "kind"

    sequence = fields.Integer(readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        KIND_SELECTION,
        string="Mail",
        required=True,
        readonly=True,
    )
    enabled = fields.Boolean(
        string="Sent",
        default=True,
        help="Switched off, customers of the company get no such mail.",
    )
    template_id = fields.Many2one("mail.template", compute="_compute_template_id")
    description = fields.Text(string="When", compute="_compute_template_id")

    _kind_uniq = models.UniqueIndex(
        "(company_id, kind)", "The company has a row for this kind of mail already."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_template_id(self):
        kinds = self.env["autopay.notice"]._get_kinds()
        for setting in self:
            kind = kinds.get(setting.kind)
            template = kind and self.env.ref(kind.template, False)
            setting.template_id = template
            setting.description = template and template.sudo().description

    # === CONSTRAINT METHODS === #

    @api.constrains("enabled")
    def _check_enabled(self):
        off = self._get_off()
        for company in self.company_id:
            company.sudo()._check_autopay_told(off)

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: managers say what their company sends."""
        check_manager(self)
        return super().write(vals)

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Open the kinds of mail of the user's company."""
        check_manager(self)
        self._add_missing(self.env.company)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_notice_setting_action"
        )

    def action_view_template(self):
        """Open the template."""
        self.ensure_one()
        check_manager(self)
        if not self.template_id:
            raise UserError(self.env._("This template was deleted."))
        return self.template_id.get_formview_action()

    def action_send_test(self):
        """Send the user a mail of this kind, about a charge that never was.

        :raises UserError: when it cannot be written, or the user has no address
        """
        self.ensure_one()
        check_manager(self)
        self.check_access("read")
        partner = self.env.user.partner_id
        if not partner.email_normalized:
            raise UserError(
                self.env._("You have no e-mail address. Add it to your profile.")
            )
        self.env["autopay.notice.sample"].sudo()._send(self, partner)
        message = self.env._("A test is on its way to %s.", partner.email_normalized)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_off(self):
        """Return {(company id, kind)} of what is switched off, in one query."""
        rows = self.sudo().search_fetch(
            [("enabled", "=", False)], ["company_id", "kind"]
        )
        return {(row.company_id.id, row.kind) for row in rows}

    @api.model
    def _add_missing(self, company):
        """Give a company a row for each kind; several may do so at once."""
        kinds = list(self.env["autopay.notice"]._get_kinds())
        query = """
            INSERT INTO autopay_notice_setting (company_id, kind, sequence, enabled)
                 SELECT %s, kind, place, true
                   FROM unnest(%s::varchar[]) WITH ORDINALITY AS kinds (kind, place)
            ON CONFLICT (company_id, kind) DO UPDATE SET sequence = EXCLUDED.sequence
              RETURNING id
        """
        self.env.execute_query(SQL(query, company.id, kinds))
        self.invalidate_model(["sequence"])
