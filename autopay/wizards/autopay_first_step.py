from odoo import api, fields, models


class AutopayFirstStep(models.TransientModel):
    """One of the first steps, as a user sees it."""

    _name = "autopay.first.step"
    _description = "First Step of Autopay"
    _order = "sequence"

    sequence = fields.Integer(readonly=True)
    code = fields.Char(readonly=True)
    name = fields.Char(string="Step", readonly=True)
    text = fields.Char(string="What to Do", readonly=True)
    is_done = fields.Boolean(string="Done", readonly=True)
    is_needed = fields.Boolean(string="Needed", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @api.model
    def action_open_steps(self):
        """Open the list of what is left to do for the company of the user."""
        company = self.env.company
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        steps = self.env["autopay.first.steps"]._get_steps(company)
        self.create(
            [
                {
                    "sequence": number,
                    "company_id": company.id,
                    "name": step.pop("title"),
                    **step,
                }
                for number, step in enumerate(steps, start=1)
            ]
        )
        xml_id = "autopay.autopay_first_step_action"
        return self.env["ir.actions.act_window"]._for_xml_id(xml_id)

    def action_do(self):
        """Lead to where this step is done."""
        self.ensure_one()
        return self.env["autopay.first.steps"]._get_action(self.code)
