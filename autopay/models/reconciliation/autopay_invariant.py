import json
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...const.retry import (
    DEBIT_METHOD_TYPES,
    DECLINE_DAYS,
    MAX_DECLINES,
    MOST_DEBITS,
)
from ...const.reversal import ABANDONED_DAYS, UNREAD_HOURS
from ...gateways.money import PROVIDER_UNITS
from ...invariants.queries import QUERIES
from ...invariants.table import ASKED_OF_PROVIDERS, INVARIANTS, KINDS_OF

# Offending records that are named; all of them are counted.
NAMED = 1000


@dataclass(slots=True)
class Finding:
    """The result of checking one invariant.

    :param verdict: a key of ``invariants.VERDICTS``
    :param count: how many records breach it
    :param offenders: [(model, id, what is wrong)], the first of them
    :param note: why it could not be checked to the end
    :param unread: whether a provider that can be asked gave no complete answer
    """

    code: str
    sentence: str
    verdict: str = "ok"
    count: int = 0
    offenders: list = None
    note: str = ""
    unread: bool = False


class AutopayInvariant(models.AbstractModel):
    """Checks on a database what must always hold, and names what does not."""

    _name = "autopay.invariant"
    _description = "Autopay Invariant"

    @api.model
    def _check(self, provider_days=0):
        """Check every invariant; only what asks providers writes anything.

        :param int provider_days: compare the charges of so many days with the
            providers, and keep the reconciliations; 0: ask no provider
        :return: [Finding], in the order of the table
        """
        findings = [self._check_one(code) for code in INVARIANTS]
        if not provider_days:
            return findings
        records = self._reconcile(provider_days)
        for finding in findings:
            self._add_differences(finding, records)
        return findings

    @api.model
    def _check_one(self, code):
        """Check one invariant on this database alone."""
        sentence, note = INVARIANTS[code]
        rows, count = self._run_query(code)
        finding = Finding(code, self.env._(sentence), count=count, offenders=rows)
        if note:
            finding.verdict, finding.note = "partial", self.env._(note)
        if count:
            finding.verdict, finding.note = "breach", ""
        return finding

    def _run_query(self, code):
        """Return the first offenders, and how many there are."""
        self.env.flush_all()
        query = f"""
            SELECT q.res_model, q.res_id, q.detail, count(*) OVER ()
              FROM ({QUERIES[code]}) q ORDER BY 1, 2 LIMIT {NAMED}"""  # noqa: S608
        self.env.cr.execute(SQL(query, **self._get_params()))  # pylint: disable=sql-injection
        rows = self.env.cr.fetchall()
        return [row[:3] for row in rows], rows[0][3] if rows else 0

    def _get_params(self):
        """Return the values that the queries ask for by name."""
        types = self.env["payment.provider"]._get_autopay_method_types()
        companies = self.env["res.company"]
        return {
            "units": json.dumps(_get_units()),
            "watched_codes": self.env["payment.provider"]._get_autopay_codes(
                "reversals"
            ),
            "debit_codes": [
                code
                for code, method_type in types.items()
                if method_type in DEBIT_METHOD_TYPES
            ],
            "most_debits": MOST_DEBITS,
            "decline_days": DECLINE_DAYS,
            "max_declines": MAX_DECLINES,
            "unread_hours": UNREAD_HOURS,
            "abandoned_days": ABANDONED_DAYS,
            # Of a copy of a database nobody expects that it asks providers.
            "watching": not companies._is_autopay_neutralized(),
            "copied_ids": companies._get_autopay_copied().ids,
            "time_zones": json.dumps(companies._get_autopay_time_zones()),
        }

    # === PROVIDERS === #

    def _reconcile(self, days):
        """Compare the charges of each provider with attempts; return the results."""
        groups = self.env["autopay.attempt"].sudo()._read_group([], ["provider_id"])
        records = self.env["autopay.reconciliation"].sudo()
        for (provider,) in groups:
            today = provider.company_id._get_autopay_today()
            record = records.create(
                {
                    "provider_choice": str(provider.id),
                    "date_from": today - timedelta(days=days),
                    "date_to": today,
                }
            )
            record._compare()
            records |= record
        return records

    def _add_differences(self, finding, records):
        """Add to a finding what the providers say."""
        kinds = KINDS_OF.get(finding.code, ())
        lines = records.difference_ids.filtered(lambda line: line.kind in kinds)
        labels = dict(lines._fields["kind"]._description_selection(self.env))
        for line in lines:
            detail = f"{labels[line.kind]}: {line.charge_ref or line.tag or ''}"
            finding.offenders.append((line._name, line.id, detail))
        finding.count += len(lines)
        if finding.count:
            finding.verdict, finding.note = "breach", ""
        elif finding.code in ASKED_OF_PROVIDERS:
            self._set_asked(finding, records)

    def _set_asked(self, finding, records):
        """Say which providers did not answer, or could not be asked."""
        unread = records.filtered(lambda record: record.state == "incomplete")
        silent = records.filtered(lambda record: not record.provider_asked)
        finding.unread = bool(unread)
        if unread:
            names = ", ".join(unread.provider_id.mapped("name"))
            finding.note = self.env._("No complete answer from %(names)s.", names=names)
        elif silent:
            names = ", ".join(silent.provider_id.mapped("name"))
            finding.note = self.env._("Cannot be asked: %(names)s.", names=names)
        else:
            finding.verdict, finding.note = "ok", ""


def _get_units():
    """Return {provider: {currency: digits of its minor unit, "": of any other}}."""
    return {
        code: {**units.decimals, "": units.default}
        for code, units in PROVIDER_UNITS.items()
    }
