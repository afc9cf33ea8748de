import io

import xlsxwriter

from odoo import api, models

from ..const.sheet import SHEET_PATH

AMOUNTS = ("monetary", "float", "integer")


class AutopaySheet(models.AbstractModel):
    """Writes records as a spreadsheet to download."""

    _name = "autopay.sheet"
    _description = "Spreadsheet"

    @api.model
    def _get_book(self, sheets):
        """Return a spreadsheet's bytes.

        :param sheets: of each sheet the title, the records and their columns as
            [(field, width in characters)]
        """
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
            bold = book.add_format({"bold": True})
            for title, records, columns in sheets:
                sheet = book.add_worksheet(title)
                for column, (_name, width) in enumerate(columns):
                    sheet.set_column(column, column, width)
                self._write(sheet, records, [name for name, _width in columns], bold)
        return output.getvalue()

    @api.model
    def _get_download(self, record):
        """Return the action that downloads the spreadsheet of a record.

        It is made then, for the one who asks: a file kept with the record would be read
        by everybody who reads the record, though each may see other lines of it.
        """
        companies = ",".join(map(str, self.env.companies.ids))
        url = f"{SHEET_PATH}{record._name}/{record.id}?companies={companies}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

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
