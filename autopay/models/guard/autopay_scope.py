from odoo import models

KNOWN = "autopay_known_ids"


def get_known_ids(env):
    """Return the ids of companies where Autopay is or was on, for one by one questions.

    It is kept until the transaction ends: Odoo's own memory takes a tenth of the time
    in which Odoo asks of an invoice whether it has to be paid.
    """
    kept = env.cr.precommit.data
    if KNOWN not in kept:
        kept[KNOWN] = env["res.company"]._get_autopay_known_ids()
    return kept[KNOWN]


class AutopayScope(models.AbstractModel):
    """Tells on which records autopay may change what Odoo does.

    Off is off: where Autopay is off and never was on, the overrides of the add-on do
    nothing and ask the database nothing. Where it was on once, attempts can be open.
    What is found is still read together with the records it is one of: Odoo asks one by
    one of a page.
    """

    _name = "autopay.scope"
    _description = "Where Autopay Changes What Odoo Does"

    def _filter_autopay_known(self):
        """Return the records of companies in which Autopay is, or has been, on."""
        known_ids = self.env["res.company"]._get_autopay_known_ids()
        if not known_ids:
            return self.browse()
        return self._filter_autopay_company(lambda company: company.id in known_ids)

    def _filter_autopay_on(self):
        """Return the records of companies in which Autopay is on now."""
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return self.browse()
        return self._filter_autopay_company(lambda company: company.autopay_enabled)

    def _filter_autopay_used(self):
        """Return the records that Autopay is on for now.

        Providers and methods of a company serve its branches: those count as well.
        """
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return self.browse()
        return self._filter_autopay_company(lambda company: company._is_autopay_used())

    def _filter_autopay_company(self, is_meant):
        """Return the records whose company is meant; nobody needs the right to it."""
        meant = self.sudo().filtered(lambda rec: is_meant(rec.company_id))
        return meant.with_env(self.env).with_prefetch(self._prefetch_ids)
