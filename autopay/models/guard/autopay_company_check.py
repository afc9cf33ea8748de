from odoo import models


class AutopayCompanyCheck(models.AbstractModel):
    """Has Odoo's check of companies look once at what many records have in common.

    Odoo asks it of each reference of each record. Payments and entries that the engine
    makes together share journals and accounts; name this model before one of Odoo's in
    ``_inherit``.
    """

    _name = "autopay.company.check"
    _description = "Check of Companies for Entries of Autopay"

    def _check_company(self, fnames=None):
        """Override of `base`: of records made together, those that differ are checked.

        The engine says by the context that it makes them together.

        :raises UserError: when something of another company is referred to
        """
        if not self.env.context.get("autopay_together"):
            return super()._check_company(fnames)
        names = self._get_checked_names(fnames)
        if "company_id" in names:
            return super()._check_company(fnames)
        companies = [record.company_id.id for record in self]
        for name in names:
            different = self._get_different(name, companies)
            super(AutopayCompanyCheck, different)._check_company([name])
        return None

    def _get_checked_names(self, fnames):
        """Return the names of those fields that are to be of the record's company.

        :param fnames: names of fields; None for all. A company that is written itself
            is among them
        """
        if fnames is not None and "company_id" in fnames:
            return ["company_id"]
        named = (self._fields[name] for name in fnames or self._fields)
        return [each.name for each in named if each.relational and each.check_company]

    def _get_different(self, name, companies):
        """Return one record for each company and what the records there refer to.

        :param str name: a relational field
        :param list companies: the id of the company of each record
        """
        values = (record[name]._ids for record in self)
        found = {}
        for record_id, *key in zip(self._ids, companies, values, strict=True):
            if key[1]:
                found.setdefault(tuple(key), record_id)
        return self.browse(found.values())
