from odoo import http
from odoo.http import content_disposition, request

from ..const.sheet import SHEET_MODELS, SHEET_PATH, XLSX


class Sheet(http.Controller):
    """Spreadsheets to download, made for the one who asks and kept nowhere."""

    @http.route(
        f"{SHEET_PATH}<string:model>/<int:res_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, model, res_id, companies="", **_params):
        """Return the spreadsheet of a record, with what the user may read of it.

        :param str model: whose lists are asked for
        :param str companies: ids of the companies that the user looks at, with commas
            between; all of the user's without
        """
        if model not in SHEET_MODELS:
            raise request.not_found()
        record = self._browse(model, res_id, companies).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        content = record.env[f"{model}.sheet"]._get_content(record)
        return request.make_response(
            content,
            headers={
                "Content-Type": XLSX,
                "Content-Disposition": content_disposition(
                    f"{record.display_name}.xlsx"
                ),
                "Cache-Control": "no-store",
            },
        )

    def _browse(self, model, res_id, companies):
        """Return the record as the user sees it with these companies switched on."""
        record = request.env[model].browse(res_id)
        if not companies:
            return record
        try:
            ids = [int(part) for part in companies.split(",")]
        except ValueError as error:
            raise request.not_found() from error
        # Odoo refuses companies that are not the user's.
        return record.with_context(allowed_company_ids=ids)
