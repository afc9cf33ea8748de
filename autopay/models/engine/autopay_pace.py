import json
import logging
from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from ...const.engine import ANSWER_SECONDS
from ...gateways.pace import MOST_STEPS, get_limit, get_steps, give_out

_logger = logging.getLogger(__name__)


class AutopayPace(models.Model):
    """When requests may be sent to a provider: known to all that send them.

    Slots are taken in a transaction of their own, before the first request and long
    before its answer: nobody waits for a lock while others talk to a provider.
    """

    _name = "autopay.pace"
    _description = "Pace of Requests to a Provider"
    _inherit = ["autopay.default.guard", "autopay.stage"]
    _rec_name = "provider_id"
    _log_access = False

    provider_id = fields.Many2one(
        "payment.provider", required=True, readonly=True, ondelete="cascade"
    )
    slots = fields.Json(readonly=True, help="Requests by tenths of a second.")
    steps = fields.Integer(
        readonly=True, help="How often the provider has asked to slow down of late."
    )
    slowed_date = fields.Datetime(readonly=True)

    _provider_uniq = models.UniqueIndex("(provider_id)", "The provider has a pace.")

    # === BUSINESS METHODS === #

    @api.model
    def _take(self, calls):
        """Return how many seconds each call has to wait for its turn.

        :param calls: [(provider id, gateway, request)]
        """
        counts = Counter(provider_id for provider_id, _gateway, _request in calls)
        limits = {
            provider_id: getattr(gateway, "requests_per_second", 0)
            for provider_id, gateway, _request in calls
        }
        waits = {
            provider_id: iter(self._take_slots(provider_id, counts[provider_id], limit))
            for provider_id, limit in sorted(limits.items())
        }
        return [next(waits[provider_id]) for provider_id, _x, _y in calls]

    def _take_slots(self, provider_id, count, limit):
        """Return the seconds to wait for so many requests to one provider."""
        if not limit:
            return [0.0] * count
        provider = self.env["payment.provider"].browse(provider_id)
        try:
            return self._apply_committed(self._reserve, provider, count, limit)
        except Exception:
            # To be too fast is refused by the provider, and tried again.
            self.env.cr.rollback()
            _logger.warning("Requests are sent without a pace.", exc_info=True)
            return [0.0] * count

    def _reserve(self, provider, count, limit):
        row = self._lock(provider)
        slots = {int(tenth): used for tenth, used in row["slots"].items()}
        now = row["now"]
        limit = get_limit(limit, row["steps"], row["since"])
        waits = give_out(slots, now, count, limit, ANSWER_SECONDS)
        self._update(provider, SQL("slots = %s::jsonb", json.dumps(slots)))
        return waits

    def _slow(self, provider_ids):
        """Note that providers were sent too much: all wait longer from now on."""
        for provider in self.env["payment.provider"].browse(sorted(provider_ids)):
            try:
                self._apply_committed(self._add_step, provider)
            except Exception:
                self.env.cr.rollback()
                _logger.warning("That we were too fast was not noted.", exc_info=True)

    def _add_step(self, provider):
        row = self._lock(provider)
        # Requests that were sent together are refused together.
        steps = get_steps(row["steps"], row["since"]) + (row["since"] > 1)
        self._update(
            provider,
            SQL(
                "steps = %s, slowed_date = clock_timestamp() AT TIME ZONE 'UTC'",
                min(steps, MOST_STEPS),
            ),
        )
        _logger.info("%s has asked us to slow down.", provider.display_name)

    def _lock(self, provider):
        """Return the row of a provider; nobody changes it until the commit."""
        query = SQL(
            """SELECT slots, steps, extract(epoch FROM clock_timestamp())::float AS now,
                      coalesce(extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC'
                                             - slowed_date)::float, 1e9) AS since
                 FROM autopay_pace WHERE provider_id = %s FOR UPDATE""",
            provider.id,
        )
        cr = self.env.cr
        # That others are faster is usual, and it is repeated then.
        cr.execute(query, log_exceptions=False)
        if not cr.rowcount:
            insert = SQL(
                "INSERT INTO autopay_pace (provider_id, slots, steps)"
                " VALUES (%s, '{}', 0) ON CONFLICT DO NOTHING",
                provider.id,
            )
            cr.execute(insert, log_exceptions=False)
            cr.execute(query, log_exceptions=False)
        return cr.dictfetchone()

    def _update(self, provider, changes):
        self.env.cr.execute(
            SQL(
                "UPDATE autopay_pace SET %s WHERE provider_id = %s",
                changes,
                provider.id,
            )
        )
        self.invalidate_model()
