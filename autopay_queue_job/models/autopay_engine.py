from odoo import api, models

# The key of the context that holds the ids of the companies for which no jobs are made;
# missing where it is not the scheduled action that charges.
UNSERVED = "autopay_queue_unserved"


class AutopayEngine(models.AbstractModel):
    _inherit = "autopay.engine"

    @api.model
    def _charge_due_invoices(self):
        """Override of `autopay`: jobs charge, as long as somebody takes them."""
        queue = self.env["autopay.queue"]
        queue._take_back()
        unserved = queue._take_back_unserved()
        queue._apply_committed(lambda found: found._note_trouble(), queue)
        engine = self.with_context(**{UNSERVED: tuple(unserved.ids)})
        return super(AutopayEngine, engine)._charge_due_invoices()

    def _get_due_ids(self, company, resume_ids=None):
        """Override of `autopay`: leave alone what jobs have in hand."""
        unserved = self.env.context.get(UNSERVED)
        if unserved is None:
            return super()._get_due_ids(company, resume_ids)
        if company.id not in unserved:
            # Runs of jobs stop anywhere: there is no place from which to go on.
            resume_ids = None
        due = super()._get_due_ids(company, resume_ids)
        handed = self.env["autopay.queue"]._get_handed_ids(company)
        return [move_id for move_id in due if move_id not in handed]

    def _charge_due_ids(self, due):
        """Override of `autopay`: hand over what can be charged, look at the rest."""
        unserved = self.env.context.get(UNSERVED)
        if unserved is not None:
            queue = self.env["autopay.queue"]
            due = {
                company: move_ids
                if company.id in unserved
                else queue._hand_over(company, move_ids)
                for company, move_ids in due.items()
            }
        return super()._charge_due_ids(due)
