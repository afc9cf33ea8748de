from collections import defaultdict

from odoo import api, fields, models

from ..invariants.table import VERDICTS
from ..rights import check_billing

# Offenders named on the screen; the button shows them all.
SHOWN = 5


class AutopayInvariantResult(models.TransientModel):
    """The result of checking one invariant, to be read on the screen."""

    _name = "autopay.invariant.result"
    _description = "Checked Invariant"
    _order = "sequence, id"
    _rec_name = "code"

    sequence = fields.Integer(readonly=True)
    code = fields.Char(string="No.", readonly=True)
    sentence = fields.Text(string="Rule", readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    count = fields.Integer(string="Issues", readonly=True, aggregator=None)
    note = fields.Text(string="Details", readonly=True)
    offender_model = fields.Char(readonly=True)
    offender_ids = fields.Json(readonly=True)

    # === ACTION METHODS === #

    @api.model
    def action_check(self):
        """Check every invariant on this database and show what was found."""
        check_billing(self)
        findings = self.env["autopay.invariant"].sudo()._check()
        results = self.sudo().create(
            [
                self._prepare_vals(self._hide_strangers(finding), number)
                for number, finding in enumerate(findings, start=1)
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_invariant_result_action"
        )
        return {**action, "domain": [("id", "in", results.ids)]}

    def action_open(self):
        """Open the records that breach the invariant."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.sentence,
            "res_model": self.offender_model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.offender_ids or [])],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _hide_strangers(self, finding):
        """Name no records of other companies; they are counted all the same."""
        by_model = defaultdict(list)
        for model, res_id, _detail in finding.offenders:
            by_model[model].append(res_id)
        hidden = {
            (model, res_id)
            for model, ids in by_model.items()
            for res_id in self._get_hidden_ids(self.env[model].browse(ids))
        }
        finding.offenders = [row for row in finding.offenders if row[:2] not in hidden]
        return finding

    def _get_hidden_ids(self, records):
        """Return the ids that a rule hides; technical models name no business."""
        if not records.browse().has_access("read"):
            return []
        known = records.exists()
        return (known - known._filtered_access("read")).ids

    @api.model
    def _prepare_vals(self, finding, number):
        model = finding.offenders[0][0] if finding.offenders else False
        return {
            "sequence": number,
            "code": finding.code,
            "sentence": finding.sentence,
            "verdict": finding.verdict,
            "count": finding.count,
            "note": self._get_details(finding) or finding.note,
            "offender_model": model,
            "offender_ids": [row[1] for row in finding.offenders if row[0] == model],
        }

    @api.model
    def _get_details(self, finding):
        """Return the first offenders by the names that users know them by."""
        shown = finding.offenders[:SHOWN]
        lines = [
            f"{self._get_offender_name(model, res_id)}: {text}"
            for model, res_id, text in shown
        ]
        if finding.count > SHOWN:
            more = finding.count - len(shown)
            lines.append(self.env._("... and %(count)s more", count=more))
        return "\n".join(lines)

    def _get_offender_name(self, model, res_id):
        """Return the name of a record that the user may read, else where it is."""
        record = self.env[model].browse(res_id).exists()
        if record and record.has_access("read"):
            return record.display_name
        return f"{model},{res_id}"
