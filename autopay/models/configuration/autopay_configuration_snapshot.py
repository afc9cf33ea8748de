from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...browser_values import is_id, is_ids, is_number, is_switch, is_text

# The plain data that each type of field takes, besides nothing.
FITS = {
    "boolean": is_switch,
    "char": is_text,
    "float": is_number,
    "integer": is_number,
    "many2many": is_ids,
    "many2one": is_id,
    "monetary": is_number,
    "selection": is_text,
}

# Fields that say what a configuration does; lock and switch are not among them.
SNAPSHOT_FIELDS = (
    "partner_id",
    "company_id",
    "sequence",
    "token_id",
    "is_advanced",
    "currency_id",
    "max_amount",
    "max_month_amount",
    "cap_rule",
)


class AutopayConfigurationSnapshot(models.AbstractModel):
    """Keeps what a configuration says, saved or not, to try it out."""

    _name = "autopay.configuration.snapshot"
    _description = "Snapshot of a Payment Rule"

    # === ACTION METHODS === #

    def action_dry_run(self, values=None):
        """Open a new dry run with this configuration as it stands in the form.

        :param dict values: what was changed and not saved, as a form sends it
        """
        record = self.new(values or {}, origin=self) if values or not self else self
        record.check_access("read")
        if not self:
            last = record._get_last_sequence(record.partner_id.id, record.company_id.id)
            record.sequence = last + 1
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_dry_run_action_new"
        )
        # On top: what is not saved yet must not be lost.
        context = {"autopay_dry_run_target": "new", "dialog_size": "extra-large"}
        context.update(record._get_dry_run_context())
        return {**action, "target": "new", "context": context}

    def _get_dry_run_context(self):
        return {
            "default_partner_ids": self.partner_id.ids,
            "default_company_ids": self.company_id.ids,
            "default_configuration_id": self._origin.id,
            "default_trial_values": self._get_snapshot(),
        }

    # === BUSINESS METHODS === #

    def _get_snapshot(self):
        """Return what this configuration says, as plain data."""
        self.ensure_one()
        return {
            **_get_values(self, SNAPSHOT_FIELDS),
            "conditions": [
                _get_values(condition, condition._get_value_fields())
                for condition in self.condition_ids
            ],
        }

    @api.model
    def _restore(self, snapshot, origin):
        """Return a configuration that is not saved and says what a snapshot does.

        :param origin: the saved configuration that it stands for; empty for a new one
        :raises UserError: when it is not a snapshot
        """
        if not isinstance(snapshot, dict):
            raise UserError(self._get_misfit_words())
        conditions = snapshot.get("conditions") or []
        if not isinstance(conditions, list):
            raise UserError(self._get_misfit_words())
        condition = self.env["autopay.configuration.condition"]
        names = condition._get_value_fields()
        values = self._pick(self, snapshot, SNAPSHOT_FIELDS)
        values["condition_ids"] = [
            Command.clear(),
            *(Command.create(self._pick(condition, row, names)) for row in conditions),
        ]
        return self.new(values, origin=origin)

    def _check_readable(self):
        """Let only those pass who may read all that this configuration names.

        A restored one names whatever its snapshot did, and its words give the names.

        :raises AccessError: when the user may not
        """
        condition = self.env["autopay.configuration.condition"]
        for records, names in (
            (self, SNAPSHOT_FIELDS),
            (self.condition_ids, condition._get_value_fields()),
        ):
            for name in names:
                if records._fields[name].relational:
                    named = records.with_context(active_test=False)[name]
                    named._origin.exists().check_access("read")

    @api.model
    def _pick(self, model, row, names):
        """Return fields of a row of plain data.

        :raises UserError: when one of them is not what its field holds
        """
        if not isinstance(row, dict):
            raise UserError(self._get_misfit_words())
        values = {name: row.get(name) for name in names}
        for name, value in values.items():
            fits = FITS[model._fields[name].type]
            if value not in (None, False) and not fits(value):
                raise UserError(self._get_misfit_words())
        return values

    def _get_misfit_words(self):
        return self.env._(
            "What is tried out is not a payment rule. Try it out from its form."
        )


def _get_values(record, names):
    """Return fields of a record as plain data: ids in place of records."""
    return {name: _get_plain(record, record._fields[name]) for name in names}


def _get_plain(record, field):
    value = record[field.name]
    if not field.relational:
        return value
    return value._origin.id if field.type == "many2one" else value._origin.ids
