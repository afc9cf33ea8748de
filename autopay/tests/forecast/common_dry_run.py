from datetime import timedelta

from odoo import Command
from odoo.tests import Form

from ..configuration.common_configuration import ConfigurationCommon


class DryRunCommon(ConfigurationCommon):
    """Factories for dry runs of the customer."""

    def _create_dry_run(self, days=30, **values):
        """Create the question about the days from today on."""
        return self.env["autopay.dry.run"].create(
            {
                "company_ids": [Command.set(self.company.ids)],
                "partner_ids": [Command.set(self.customer.ids)],
                "date_from": self.today,
                "date_to": self.today + timedelta(days=days),
                **values,
            }
        )

    def _dry_run(self, **values):
        """Create a dry run and compute it."""
        record = self._create_dry_run(**values)
        record.action_run()
        return record

    def _open_dry_run(self, action, user=None):
        """Return the question that an action opens, saved as its form saves it."""
        model = self.env["autopay.dry.run"].with_user(user or self.env.user)
        saved = Form(model.with_context(**action["context"])).save()
        return model.browse(saved.id)

    def _get_request_count(self):
        """Return how many requests the simulator has seen."""
        return len(self.admin.requests())
