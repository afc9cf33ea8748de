from odoo import api, models

from ...conditions.kinds import VALUE_OPERATORS


class AutopayConfigurationPage(models.AbstractModel):
    """Says what the customer's form of a configuration has to offer."""

    _name = "autopay.configuration.page"
    _description = "Form of a Customer's Payment Rule"

    @api.model
    def _get_public_kinds(self):
        """Return the kinds of conditions that customers may use, {code: Kind}."""
        kinds = self.env["autopay.configuration.condition"]._get_kinds()
        return {code: kind for code, kind in kinds.items() if kind.public}

    @api.model
    def _get_kind_choices(self):
        """Return what a customer may add, as [(code, label)]."""
        kinds = self._get_public_kinds().items()
        return [(code, self.env._(kind.label)) for code, kind in kinds]

    @api.model
    def _get_row_choices(self, company, code):
        """Return what can be entered for a kind of condition; None for other kinds.

        :param company: whose invoices the condition is about
        :return: *label*, *value*: the type of what it compares with, *operators* and,
            for records, *options*, both as [(code or id, label)]
        """
        kind = self._get_public_kinds().get(code)
        if not kind:
            return None
        operators = self.env["autopay.configuration.condition"]._fields["operator"]
        labels = dict(operators._description_selection(self.env))
        options = []
        if kind.value == "records":
            portal = self.env["autopay.configuration.portal"]
            options = [
                (rec.id, rec.display_name)
                for rec in portal._get_selectable(company, kind)
            ]
        return {
            "label": self.env._(kind.label),
            "value": kind.value,
            "operators": [
                (operator, labels[operator]) for operator in VALUE_OPERATORS[kind.value]
            ],
            "options": options,
        }

    @api.model
    def _get_rows(self, configuration):
        """Return the conditions of a configuration as rows of the form."""
        return [
            {
                "kind": condition.kind,
                "operator": condition.operator,
                "number": condition.number,
                "number_to": condition.number_to,
                "text": condition.text or "",
                "values": condition._get_records(condition._get_kind()).ids
                if condition.value_type == "records"
                else [],
            }
            for condition in configuration.condition_ids
        ]
