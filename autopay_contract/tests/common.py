from odoo import Command
from odoo.tests import tagged

from odoo.addons.autopay.tests.configuration.common_configuration import (
    ConfigurationCommon,
)


@tagged("post_install", "-at_install")
class ContractCommon(ConfigurationCommon):
    """Factories for contracts and the invoices that they generate."""

    def _create_contract(self, name, **values):
        """Create a contract of a monthly fee, to be invoiced from today on."""
        line = {
            "name": "Hosting",
            "quantity": 1,
            "price_unit": 280.0,
            "recurring_rule_type": "monthly",
            "recurring_interval": 1,
            "date_start": self.today,
            "recurring_next_date": self.today,
        }
        return self.env["contract.contract"].create(
            {
                "name": name,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "line_recurrence": True,
                "contract_line_ids": [Command.create(line)],
                **values,
            }
        )

    def _create_invoice_of(self, contract):
        """Have a contract generate its next invoice, post it and let it fall due."""
        invoice = contract.recurring_create_invoice()
        invoice.invoice_line_ids.tax_ids = False
        invoice.action_post()
        invoice.write({"autopay_date": self.today, "autopay_status": "eligible"})
        return invoice

    def _configure_contracts(self, operator, contracts, token=None):
        row = {
            "kind": "contract",
            "operator": operator,
            "contract_ids": contracts.ids,
        }
        return self._configure(token, [row])
