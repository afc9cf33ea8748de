from odoo import Command
from odoo.tests import Form

from ..common import AutopayCommon


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

    def _configure_as(self, user, condition):
        """Create a configuration of one condition with the rights of a user."""
        values = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "token_id": self.visa.id,
            "condition_ids": [Command.create(condition)],
        }
        return self.env["autopay.configuration"].with_user(user).create(values)

    def _open_form_as(self, user):
        """Open the form of a new configuration of the customer."""
        model = self.env["autopay.configuration"].with_user(user)
        return Form(
            model.with_context(
                default_partner_id=self.customer.id,
                default_company_id=self.company.id,
                default_token_id=self.visa.id,
                default_condition_ids=[],
            ),
            "autopay.autopay_configuration_view_form",
        )

    def _decide(self, invoice, **options):
        """Return the decision about one invoice."""
        decisions = self.env["autopay.decision"]._decide(invoice, **options)
        return decisions[invoice]
