from odoo import models

from ..guard.empty_values import find_own, get_empty_values, leave_own_out

# A draft is on autopay by its customer and its dates, whatever it sells. Lines may make
# the terms count, and thereby another due date.
LINES = frozenset({"invoice_line_ids", "line_ids"})
DUE = "invoice_date_due"
# Few invoices have a plan.
PARTS = "autopay_installment_ids"


class AutopayMoveScreen(models.Model):
    """Answers the web client without a look at fields that cannot differ.

    Where Autopay never was on, our fields stand in Odoo's forms and lists, hidden. Each
    would pass Odoo's check of rights several times (``has_groups``), for each record.
    """

    _inherit = "account.move"

    def web_read(self, specification):
        """Override of `web`: our fields are empty where Autopay never was on.

        Parts of a plan are read by themselves, where there is one.
        """
        if empty := self._get_autopay_empty(specification):
            rows = super().web_read(leave_own_out(specification))
            return [{**row, **empty} for row in rows]
        rest = _leave_parts_out(specification)
        if rest == specification:
            return super().web_read(specification)
        rows = super().web_read(rest)
        self._check_field_access(self._fields[PARTS], "read")
        # An invoice that was deleted meanwhile has no row.
        moves = self.browse([row["id"] for row in rows])
        parts = [{PARTS: []}] * len(rows)
        if moves._is_any_autopay_planned():
            asked = {PARTS: specification[PARTS]}
            parts = super(AutopayMoveScreen, moves).web_read(asked)
        return [{**row, **part} for row, part in zip(rows, parts, strict=True)]

    def _is_any_autopay_planned(self):
        return any(self.sudo().mapped("autopay_planned"))

    def onchange(self, values, field_names, fields_spec):
        """Override of `web`: our fields stay as they are while lines are typed.

        Where Autopay never was on they stay empty.
        """
        # To judge the customer with each price would take longer than the price.
        is_typed = _are_lines_typed(field_names, fields_spec)
        empty = self._get_autopay_empty(fields_spec)
        if is_typed or (empty and not find_own(field_names)):
            result = super().onchange(
                leave_own_out(values), field_names, leave_own_out(fields_spec)
            )
            if empty or DUE not in result.get("value", {}):
                return result if field_names else _add_empty(result, empty)
        return super().onchange(values, field_names, fields_spec)

    def _get_autopay_empty(self, specification):
        """Return {name of a field of ours: its empty value}; nothing if it may differ.

        :param dict specification: the fields that the web client asks for
        """
        known_ids = self.env["res.company"]._get_autopay_known_ids()
        if not known_ids.isdisjoint(self.env.companies.ids):
            return {}
        return get_empty_values(self, specification)


def _leave_parts_out(specification):
    """Return what is read without the parts of a plan; all, where little else is.

    Nothing but the id is no reason for Odoo to look at the user's rights.
    """
    rest = {name: spec for name, spec in specification.items() if name != PARTS}
    return rest if rest.keys() - {"id"} else specification


def _add_empty(result, empty):
    """Return the answer with our fields: a record from scratch is told all values.

    Any other is told what has changed; of lists only what is to be put in.
    """
    told = {name: value for name, value in empty.items() if value is False}
    result["value"].update(told)
    return result


def _are_lines_typed(field_names, fields_spec):
    """Return whether only lines change, and the answer would tell the due date."""
    return bool(field_names) and LINES.issuperset(field_names) and DUE in fields_spec
