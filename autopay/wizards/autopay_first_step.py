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
    is_done = fields.Boolean(string="Done", compute="_compute_is_done")
    is_needed = fields.Boolean(string="Needed", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @api.depends("code", "company_id")
    def _compute_is_done(self):
        """Look anew each time: people come back to the list from where they did it."""
        for company, rows in self.grouped("company_id").items():
            steps = self.env["autopay.first.steps"]._get_steps(company)
            done = {step["code"] for step in steps if step["is_done"]}
            for row in rows:
                row.is_done = row.code in done

    @api.model
    def action_open_steps(self):
        """Open the list of what is left to do for the company of the user.

        Rows that another tab shows stay: they can still be clicked there.
        """
        self._set_rows(self.env.company)
        xml_id = "autopay.autopay_first_step_action"
        return self.env["ir.actions.act_window"]._for_xml_id(xml_id)

    def _set_rows(self, company):
        """Make a row for each step of a company, unless they are there."""
        rows = self.search([("create_uid", "=", self.env.uid)])
        steps = self.env["autopay.first.steps"]._get_steps(company)
        if rows.company_id == company and rows.mapped("code") == [
            step["code"] for step in steps
        ]:
            return
        rows.unlink()
        self.create(
            [
                {
                    "sequence": number,
                    "company_id": company.id,
                    "code": step["code"],
                    "name": step["title"],
                    "text": step["text"],
                    "is_needed": step["is_needed"],
                }
                for number, step in enumerate(steps, start=1)
            ]
        )

    def action_put_off(self):
        """Let the app open on the overview from now on, in the company of the user."""
        self.check_access("write")
        self.env.company.sudo().autopay_steps_put_off = True
        return self._get_overview_action()

    def action_open_overview(self):
        """Open the overview, this time."""
        self.check_access("read")
        return self._get_overview_action()

    def _get_overview_action(self):
        """Return the overview as the first page: no crumb leads back from it."""
        xml_id = "autopay.autopay_overview_action"
        action = self.env["ir.actions.client"]._for_xml_id(xml_id)
        return {**action, "target": "main"}

    def action_do(self):
        """Lead to where this step is done."""
        self.ensure_one()
        return self.env["autopay.first.steps"]._get_action(self.code)
