from odoo import fields, models
from odoo.fields import Domain

from ...const.methods.setup import BUSY, MOST_OF_COMPANY, MOST_OF_PAYER


class AutopaySetupLimits(models.AbstractModel):
    """Bounds how many pages a payer, and all payers of a company, have made.

    Somebody who tries stolen cards needs many, and presses many buttons at once: each
    wish is counted again when it can be seen by the others, before it gets a page.
    """

    _name = "autopay.setup.limits"
    _description = "Limits on Pages for Saving Payment Methods"

    def _is_busy(self, payer, company, setup=None):
        """Return whether there are too many pages already.

        Of presses at the same moment each sees all the others, or is seen by them: too
        many may be refused then, and never too few. What was refused does not count.

        :param setup: the visit for which that is asked, once it is committed
        """
        now = fields.Datetime.now()
        hour = fields.Datetime.subtract(now, hours=1)
        minute = fields.Datetime.subtract(now, minutes=1)
        others = Domain("reason", "!=", BUSY)
        if setup:
            others &= Domain("id", "!=", setup.id)
        own = Domain("partner_id", "=", payer.id) & Domain("create_date", ">=", hour)
        all_of_it = Domain("company_id", "=", company.id)
        all_of_it &= Domain("create_date", ">=", minute)
        setups = self.env["autopay.method.setup"].sudo()
        return any(
            setups.search_count(others & domain, limit=most) >= most
            for domain, most in ((own, MOST_OF_PAYER), (all_of_it, MOST_OF_COMPANY))
        )
