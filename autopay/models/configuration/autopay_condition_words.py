from odoo import models
from odoo.tools.i18n import format_list

from ...words.amounts import format_amount
from ...words.conditions import get_days_text, get_phrase


class AutopayConditionWords(models.AbstractModel):
    """Puts a condition into words."""

    _name = "autopay.condition.words"
    _description = "Words of a Condition"

    def _get_phrase(self):
        """Return what the condition says, to follow "Pay invoices"."""
        self.ensure_one()
        kind = self._get_kind()
        if not kind:
            return self.env._("of a type that is not installed")
        if self.operator not in self._get_operators():
            return ""
        if kind.value in ("amount", "days"):
            values = {
                "value": self._get_number_text(kind, self.number),
                "limit": self._get_number_text(kind, self.number_to),
            }
        else:
            values = {"value": self._get_list_text(kind)}
        sentence = self._get_phrases().get((self.kind, self.operator))
        return get_phrase(self.env, sentence, kind, self.operator, **values)

    def _get_number_text(self, kind, number):
        if kind.value == "days":
            return get_days_text(self.env, int(number))
        return format_amount(self.env, self.currency_id, number)

    def _get_list_text(self, kind):
        """Return the values in words: "A", "A or B", "A, B or C"."""
        if kind.value == "text":
            names = [self.env._("“%s”", text) for text in self._split_text()]
        else:
            names = self._get_records(kind).mapped("display_name")
        return format_list(self.env, names, "or") if names else ""
