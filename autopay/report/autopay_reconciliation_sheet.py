import io

import xlsxwriter

from odoo import api, models

# Column of the spreadsheet: field of a line, width in characters.
COLUMNS = [
    ("kind", 32),
    ("date", 18),
    ("attempt_id", 14),
    ("attempt_state", 16),
    ("partner_id", 28),
    ("move_id", 18),
    ("attempt_amount", 12),
    ("charge_amount", 12),
    ("payment_amount", 12),
    ("currency_id", 9),
    ("payment_id", 22),
    ("object_ref", 32),
    ("charge_ref", 32),
    ("charge_status", 14),
    ("tag", 24),
    ("explanation", 80),
]
TOTALS = ("currency_id", "attempts", "charges", "payments", "difference")
AMOUNTS = ("monetary", "float", "integer")


class AutopayReconciliationSheet(models.AbstractModel):
    """Writes a reconciliation as a spreadsheet."""

    _name = "autopay.reconciliation.sheet"
    _description = "Spreadsheet of a Reconciliation of Charges"

    @api.model
    def _get_content(self, reconciliation):
        """Return the spreadsheet's bytes: lines on one sheet, totals on another."""
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
            bold = book.add_format({"bold": True})
            lines = book.add_worksheet(self.env._("Charges"))
            names = [name for name, _width in COLUMNS]
            for column, (_name, width) in enumerate(COLUMNS):
                lines.set_column(column, column, width)
            self._write(lines, reconciliation.line_ids, names, bold)
            totals = book.add_worksheet(self.env._("Totals"))
            self._write(totals, reconciliation.total_ids, TOTALS, bold)
        return output.getvalue()

    def _write(self, sheet, records, names, bold):
        """Write the fields of records under their labels."""
        fields = [records._fields[name] for name in names]
        for column, field in enumerate(fields):
            sheet.write_string(0, column, field._description_string(self.env), bold)
        for row, record in enumerate(records, start=1):
            for column, field in enumerate(fields):
                self._write_cell(sheet, row, column, record, field)

    def _write_cell(self, sheet, row, column, record, field):
        """Write a value; texts as texts, so that none is taken for a formula."""
        value = record[field.name]
        if field.type in AMOUNTS:
            sheet.write_number(row, column, value)
        elif value:
            text = field.convert_to_display_name(value, record)
            sheet.write_string(row, column, self._get_text(record, field, text))

    def _get_text(self, record, field, text):
        if field.type == "selection":
            return dict(field._description_selection(self.env))[record[field.name]]
        return str(text)
