import re

from odoo import models
from odoo.exceptions import UserError

# Facts about the modules that go, read before they do.
KNOWN_QUERIES = {
    "models": """
        SELECT m.model FROM ir_model_data d JOIN ir_model m ON m.id = d.res_id
         WHERE d.model = 'ir.model' AND d.module = ANY(%(module_names)s)""",
    "fields": """
        SELECT f.name FROM ir_model_data d JOIN ir_model_fields f ON f.id = d.res_id
         WHERE d.model = 'ir.model.fields' AND d.module = ANY(%(module_names)s)
           AND f.name LIKE 'autopay\\_%%'""",
    # Parts that our models take over from others stand under the names of those.
    "selection_ids": """
        SELECT s.id FROM ir_model_fields_selection s
          JOIN ir_model_fields f ON f.id = s.field_id
         WHERE f.model = ANY(%(models)s)""",
    "inherit_ids": """
        SELECT i.id FROM ir_model_inherit i JOIN ir_model m ON m.id = i.model_id
         WHERE m.model = ANY(%(models)s)""",
}
# Traces that Odoo leaves of any module, deleted when what they speak of is gone.
FORGET_QUERIES = [
    """DELETE FROM ir_model_data d
        WHERE d.model = 'ir.model.fields.selection'
          AND d.res_id = ANY(%(selection_ids)s)
          AND NOT EXISTS (
              SELECT FROM ir_model_fields_selection s WHERE s.id = d.res_id)""",
    """DELETE FROM ir_model_data d
        WHERE d.model = 'ir.model.inherit' AND d.res_id = ANY(%(inherit_ids)s)
          AND NOT EXISTS (SELECT FROM ir_model_inherit i WHERE i.id = d.res_id)""",
    # Foreign keys of tables that are not ours go with their columns.
    """DELETE FROM ir_model_constraint c
        WHERE c.module = ANY(%(module_ids)s) AND c.type = 'f'
          AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.conname = c.name)""",
    # A saved search on a missing field ends in an error; one that is a default keeps
    # its owner out of the list.
    """DELETE FROM ir_filters
        WHERE model_id = ANY(%(models)s)
          AND model_id NOT IN (SELECT model FROM ir_model)
           OR regexp_split_to_array(concat_ws(' ', domain, context, sort), '\\W+')
              && ARRAY(SELECT unnest(%(fields)s::text[])
                       EXCEPT SELECT name FROM ir_model_fields)""",
    """DELETE FROM ir_exports
        WHERE resource = ANY(%(models)s)
          AND resource NOT IN (SELECT model FROM ir_model)""",
    """DELETE FROM ir_exports_line
        WHERE regexp_split_to_array(name, '\\W+')
              && ARRAY(SELECT unnest(%(fields)s::text[])
                       EXCEPT SELECT name FROM ir_model_fields)""",
]


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    # === BUSINESS METHODS - REFUSAL === #

    def button_uninstall(self):
        """Override of `base` to keep what charges are waiting for."""
        (self | self.downstream_dependencies())._check_autopay_idle()
        return super().button_uninstall()

    def _check_autopay_idle(self):
        """Let nobody remove what the end of a charge is known and booked by.

        :raises UserError: while charges are open that would not be booked any more
        """
        attempts = self._get_autopay_charges_at_stake()
        if not attempts:
            return
        raise UserError(
            self.env._(
                "%(modules)s cannot be uninstalled while charges are open: what they "
                "collect would never be booked. Open charges: %(count)s, the oldest "
                "%(name)s of %(date)s. Switch Autopay off, so that none is begun, then "
                "see Autopay > Charges: withdraw what was not sent, and "
                "wait for the answers to the rest.",
                modules=", ".join(self._get_autopay_holders(attempts)),
                count=len(attempts),
                name=attempts[-1].name,
                date=attempts[-1].create_date.date(),
            )
        )

    def _get_autopay_charges_at_stake(self):
        """Return the open charges whose end nobody would learn of, latest first.

        Autopay itself follows all of them; the module of a provider, those through it.
        Those that another database looks after are its own.
        """
        attempts = self.env["autopay.attempt"].sudo()
        if self.env["res.company"]._is_autopay_neutralized():
            return attempts
        home = self.env["res.company"]._get_autopay_home_domain()
        found = attempts.search([("line_ids.live", "=", True), *home], order="id desc")
        if "autopay" in self.mapped("name"):
            return found
        return found.filtered(lambda attempt: attempt.provider_id.module_id in self)

    def _get_autopay_holders(self, attempts):
        """Return the titles of those of these modules that the charges need."""
        needed = attempts.provider_id.module_id | self._get_autopay_addons()
        return (self & needed).sorted("id").mapped("shortdesc")

    def _get_autopay_addons(self):
        """Return Autopay and what joins it with others, as far as it is among these."""
        return self.filtered(lambda module: re.fullmatch("autopay(_.+)?", module.name))

    # === BUSINESS METHODS - TRACES === #

    def module_uninstall(self):
        """Override of `base` to leave nothing behind; the last place to refuse, too.

        A module whose state was written by a script comes here without any button.
        """
        (self | self.downstream_dependencies())._check_autopay_idle()
        addons = self._get_autopay_addons()
        if self.env.is_system():
            addons._hand_over_autopay_activities()
            addons._resume_autopay_reminders()
        known = addons._read_autopay_reflection()
        res = super().module_uninstall()
        if addons:
            self._run_on_traces(FORGET_QUERIES, known)
        return res

    def _hand_over_autopay_activities(self):
        """Make to-dos of what people were asked to do: a type in use would stay."""
        kinds = self.env["ir.model.data"].search(
            [
                ("model", "=", "mail.activity.type"),
                ("module", "in", self.mapped("name")),
            ]
        )
        to_do = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search([("activity_type_id", "in", kinds.mapped("res_id"))]).write(
            {"activity_type_id": to_do and to_do.id}
        )

    def _resume_autopay_reminders(self):
        """Have customers be reminded again of invoices that nobody charges any more."""
        if "autopay" in self.mapped("name"):
            moves = self.env["account.move"].sudo()
            stopped = moves.search([("autopay_followup_stopped", "=", True)])
            stopped._set_autopay_followup(stopped=False)

    def _read_autopay_reflection(self):
        """Return what Odoo has written down about these modules: names and ids."""
        known = {"module_ids": self.ids, "module_names": self.mapped("name")}
        for name, query in KNOWN_QUERIES.items():
            known[name] = [value for (value,) in self._run_on_traces([query], known)]
        return known

    def _run_on_traces(self, queries, known):
        """Run statements on Odoo's own tables; return the rows of the last.

        The models they speak of are gone when they run: no method may be called.
        """
        for query in queries:
            self.env.cr.execute(query, known)
        return self.env.cr.fetchall() if self.env.cr.description else []
