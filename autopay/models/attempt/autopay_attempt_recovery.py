from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# A charge that collected what an earlier one of the same debt had not. What was
# collected before begins another debt; the report of charges counts alike.
RECOVERED = """
    %(state)s = 'succeeded' AND EXISTS (
        SELECT
          FROM autopay_attempt_line line
          JOIN autopay_attempt_line earlier
            ON earlier.move_id = line.move_id
           AND earlier.attempt_id < line.attempt_id
          JOIN autopay_attempt failed
            ON failed.id = earlier.attempt_id AND failed.state = 'declined'
         WHERE line.attempt_id = %(id)s
           AND NOT EXISTS (
               SELECT
                 FROM autopay_attempt_line between_line
                 JOIN autopay_attempt kept
                   ON kept.id = between_line.attempt_id AND kept.state = 'succeeded'
                WHERE between_line.move_id = line.move_id
                  AND between_line.attempt_id > earlier.attempt_id
                  AND between_line.attempt_id < line.attempt_id
           )
    )
"""


class AutopayAttemptRecovery(models.AbstractModel):
    """Tells the charges that collected after all from those that did at once."""

    _name = "autopay.attempt.recovery"
    _description = "Charges That Collected after All"

    is_recovered = fields.Boolean(
        string="Recovered",
        compute="_compute_is_recovered",
        search="_search_is_recovered",
        help="It collected what an earlier charge had failed to collect.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_is_recovered(self):
        own = Domain("id", "in", self._origin.ids)
        found = self.search(own & Domain("is_recovered", "=", True))
        for attempt in self:
            attempt.is_recovered = attempt._origin in found

    def _search_is_recovered(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["autopay.attempt"].flush_model(["state"])
        self.env["autopay.attempt.line"].flush_model(["attempt_id", "move_id"])
        recovered = Domain.custom(to_sql=_get_recovered_sql)
        if True in value:
            return Domain.TRUE if False in value else recovered
        return ~recovered


def _get_recovered_sql(_model, alias, _query):
    """Return the condition on a row of the charges."""
    return SQL(
        RECOVERED,
        state=SQL.identifier(alias, "state"),
        id=SQL.identifier(alias, "id"),
    )
