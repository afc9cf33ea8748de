from odoo import models


class AutopayScope(models.AbstractModel):
    """Tells on which records autopay may change what Odoo does.

    Off is off: where Autopay is off and never was on, the overrides of the add-on do
    nothing and ask the database nothing. Where it was on once, attempts can be open.
    The answers are fields of the company: whoever works with its records has read it.
    What is found is still read together with the records it is one of: Odoo asks one by
    one of a page.
    """

    _name = "autopay.scope"
    _description = "Where Autopay Changes What Odoo Does"

    def _filter_autopay_known(self):
        """Return the records of companies in which Autopay is, or has been, on."""
        known = self.sudo().filtered("company_id.autopay_known")
        return known.with_env(self.env).with_prefetch(self._prefetch_ids)

    def _filter_autopay_on(self):
        """Return the records of companies in which Autopay is on now."""
        switched_on = self.sudo().filtered("company_id.autopay_enabled")
        return switched_on.with_env(self.env).with_prefetch(self._prefetch_ids)

    def _filter_autopay_used(self):
        """Return the records that Autopay is on for now.

        Providers and methods of a company serve its branches: those count as well.
        """
        used = self.sudo().filtered(lambda rec: rec.company_id._is_autopay_used())
        return used.with_env(self.env).with_prefetch(self._prefetch_ids)
