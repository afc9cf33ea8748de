from odoo import Command

from .common import AutopayCommon


class ConfigurationCommon(AutopayCommon):
    """A customer with two saved methods, and factories for configurations."""

    def setUp(self):
        super().setUp()
        self.visa = self._create_token()
        self.bank = self._create_token("pm_usBankAccount_success")

    def _configure(self, token=None, conditions=None, **values):
        """Create a configuration; by default any amount of one unit or more matches.

        :param conditions: dicts of values of conditions
        """
        conditions = [{"number": 1.0}] if conditions is None else conditions
        return self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": (token or self.visa).id,
                "condition_ids": [Command.create(row) for row in conditions],
                **values,
            }
        )

    def _decide(self, invoice, **options):
        """Return the decision about one invoice."""
        decisions = self.env["autopay.decision"]._decide(invoice, **options)
        return decisions[invoice]
