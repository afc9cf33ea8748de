from odoo import api, models

# Says in the context that jobs may be made, or that they are not taken.
SERVED = "autopay_queue_served"


class AutopayEngine(models.AbstractModel):
    _inherit = "autopay.engine"

    @api.model
    def _charge_due_invoices(self):
        """Override of `autopay`: jobs charge, as long as somebody takes them."""
        queue = self.env["autopay.queue"]
        queue._take_back()
        if problem := queue._get_problem():
            queue._take_back_all(problem)
        queue._apply_committed(lambda found: found._note_trouble(), queue)
        engine = self.with_context(**{SERVED: not problem})
        return super(AutopayEngine, engine)._charge_due_invoices()

    def _get_due_ids(self, company, resume_ids=None):
        """Override of `autopay`: leave alone what jobs have in hand."""
        served = self.env.context.get(SERVED)
        # Runs of jobs stop anywhere: there is no place from which to go on.
        due = super()._get_due_ids(company, None if served else resume_ids)
        if served is None:
            return due
        handed = self.env["autopay.queue"]._get_handed_ids(company)
        return [move_id for move_id in due if move_id not in handed]

    def _charge_due_ids(self, due):
        """Override of `autopay`: hand over what can be charged, look at the rest."""
        if self.env.context.get(SERVED):
            queue = self.env["autopay.queue"]
            due = {
                company: queue._hand_over(company, move_ids)
                for company, move_ids in due.items()
            }
        return super()._charge_due_ids(due)
