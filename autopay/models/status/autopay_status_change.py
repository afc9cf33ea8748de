from odoo import models


class AutopayStatusChange(models.AbstractModel):
    """Has invoices be looked at again when a record changes that decisions rest on.

    It changes nothing of the record: name it before a model of Odoo's in ``_inherit``.
    """

    _name = "autopay.status.change"
    _description = "What the Status of Invoices Rests on"

    # The fields that matter; None: all of them.
    _autopay_status_fields = None

    def write(self, vals):
        """Override of `base`: what is said of invoices by now is to be looked at."""
        matters = self._autopay_status_fields
        if matters is not None and matters.isdisjoint(vals):
            return super().write(vals)
        # The customer from whom something is taken counts as well.
        self._mark_autopay_status()
        res = super().write(vals)
        self._mark_autopay_status()
        return res

    def _mark_autopay_status(self):
        """Have the invoices be looked at again that these records concern."""
        known_ids = self.env["res.company"]._get_autopay_known_ids()
        if not known_ids:
            return
        pairs = self.sudo()._get_autopay_status_pairs(known_ids)
        self.env["autopay.status.mark"]._mark(pairs)

    def _get_autopay_status_pairs(self, known_ids):
        """Return whose invoices these are.

        :param known_ids: ids of the companies where Autopay is or was on
        :return: (company id, id of the commercial partner, False for all) of each
        """
        partners = self if self._name == "res.partner" else self.partner_id
        return [
            (company_id, payer.id)
            for payer in partners.commercial_partner_id
            for company_id in known_ids
        ]
