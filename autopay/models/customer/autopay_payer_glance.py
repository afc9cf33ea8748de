from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

# Fields that are looked at: a change that is not saved yet counts as well.
LOOKED_AT = {
    "account.move": (
        "autopay_status",
        "commercial_partner_id",
        "company_id",
        "payment_state",
        "state",
    ),
    "autopay.attempt": ("booked_date", "partner_id", "state", "token_id"),
    "autopay.attempt.line": ("attempt_id", "move_id"),
    "autopay.configuration": ("company_id", "partner_id"),
    "autopay.method.request": ("company_id", "partner_id"),
    "payment.token": ("autopay_fingerprint", "partner_id"),
    "res.partner": ("commercial_partner_id",),
}

GLANCE = "autopay_glance"


@dataclass(frozen=True, slots=True)
class Glance:
    """The rare things that some customers have at all, see ``_look``.

    :param company_id: the company that it is about
    :param payer_ids: the customers, commercial entities
    :param configured: whether they have configurations, in use or not
    :param declined: whether a payment method of theirs was ever declined
    :param reissued: whether money was collected for invoices that are gone
    :param failed: whether the charge of an invoice of theirs has failed
    :param credited: whether payments or credit notes of theirs pay nothing yet
    :param asked: whether they were ever asked for a payment method
    """

    company_id: int
    payer_ids: tuple
    configured: bool = False
    declined: bool = False
    reissued: bool = False
    failed: bool = False
    credited: bool = False
    asked: bool = False


class AutopayPayerGlance(models.AbstractModel):
    """Asks in one query what of customers has to be looked up with several.

    Mostly there is nothing, and a form that shows one invoice takes no more than that.
    """

    _name = "autopay.payer.glance"
    _description = "Glance at Customers on Autopay"

    @api.model
    def _look(self, company, payers, dated=False):
        """Return the ``Glance`` at these customers, commercial entities, together.

        A payment method of somebody else, whose refusals are not seen here, is not
        charged anyway (``method_of_other_customer``).

        :param bool dated: whether the company's today is asked for next; its time zone
            is then found by the same query
        """
        payer_ids = tuple(payers._origin.ids)
        if not payer_ids:
            return Glance(company.id, payer_ids)
        for model, names in LOOKED_AT.items():
            self.env[model].flush_model(names)
        credit = self.env["autopay.open.credit"]
        credit._flush()
        queries = [
            self._get_configured_query(company, payer_ids),
            self._get_declined_query(payer_ids),
            self._get_reissued_query(payer_ids),
            self._get_failed_query(company, payer_ids),
            credit._get_any_query(company, payer_ids),
            self._get_asked_query(company, payer_ids),
        ]
        dated = dated and not company._is_autopay_tz_known()
        if dated:
            zones = company._get_autopay_tz_query()
            queries.append(SQL("(SELECT to_jsonb(zone) FROM (%s) zone)", zones))
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(queries)))
        if dated:
            *row, named = row
            company._keep_autopay_tz(named)
        return Glance(company.id, payer_ids, *row)

    @api.model
    def _get_known(self, company, payers):
        """Return the ``Glance`` at these customers that a form has taken, or None.

        It comes in the context: no browser can send an instance.
        """
        seen = self.env.context.get(GLANCE)
        fits = isinstance(seen, Glance) and seen.company_id == company.id
        return seen if fits and set(payers._origin.ids) <= set(seen.payer_ids) else None

    def _get_configured_query(self, company, payer_ids):
        return SQL(
            "EXISTS (SELECT FROM autopay_configuration"
            " WHERE company_id = %s AND partner_id IN %s)",
            company.id,
            payer_ids,
        )

    def _get_asked_query(self, company, payer_ids):
        return SQL(
            "EXISTS (SELECT FROM autopay_method_request"
            " WHERE company_id = %s AND partner_id IN %s)",
            company.id,
            payer_ids,
        )

    def _get_failed_query(self, company, payer_ids):
        return SQL(
            "EXISTS (SELECT FROM account_move WHERE commercial_partner_id IN %s"
            " AND company_id = %s AND autopay_status = 'error')",
            payer_ids,
            company.id,
        )

    def _get_declined_query(self, payer_ids):
        return SQL(
            "EXISTS (SELECT FROM res_partner owner"
            " JOIN payment_token token ON token.partner_id = owner.id"
            # The same card may have been saved for somebody else as well.
            " JOIN LATERAL (SELECT token.id UNION SELECT copy.id"
            " FROM payment_token copy"
            " WHERE copy.autopay_fingerprint = token.autopay_fingerprint"
            ") same ON TRUE"
            " JOIN autopay_attempt attempt ON attempt.token_id = same.id"
            " WHERE owner.commercial_partner_id IN %s AND attempt.state = 'declined')",
            payer_ids,
        )

    def _get_reissued_query(self, payer_ids):
        return SQL(
            "EXISTS (SELECT FROM autopay_attempt attempt"
            " JOIN autopay_attempt_line line ON line.attempt_id = attempt.id"
            " JOIN account_move move ON move.id = line.move_id"
            " WHERE attempt.partner_id IN %s AND attempt.state = 'succeeded'"
            " AND attempt.booked_date IS NOT NULL"
            " AND (move.state IN ('draft', 'cancel')"
            " OR move.payment_state = 'reversed'))",
            payer_ids,
        )
