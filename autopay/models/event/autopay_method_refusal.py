import logging

from odoo import api, models

from ...const.engine import MISSING_BEFORE_STOP
from ...gateways.base import ABSENT, FOUND, GONE
from ...gateways.gateway_pool import STOP_MISSING
from ..notification.autopay_notification import LOST_METHOD

_logger = logging.getLogger(__name__)

# Refusals of a request that may mean that the saved method is gone: providers name no
# code of its own for a method that was taken off its customer.
SUSPECT_CODES = (
    "expired_payment_method",
    "invalid_request_error",
    "payment_method_unexpected_state",
    "resource_missing",
)
REMOVED = "payment_method_removed"


class AutopayMethodRefusal(models.AbstractModel):
    """Finds out whether a refused charge was refused because its method is gone.

    Without it, a method that was removed at the provider would stay ready and be tried
    with every new invoice, should no event tell of it.
    """

    _name = "autopay.method.refusal"
    _inherit = "autopay.method.reader"
    _description = "Refusals of Payment Methods"

    @api.model
    def _read_refused(self, ctx, attempts):
        """Read the methods of charges that were just refused, and retire what is gone.

        It asks the provider and commits: call it with nothing left to save.

        :param ctx: a ``RunContext``
        """
        codes = self.env["payment.provider"]._get_autopay_codes("methods")
        suspects = attempts.filtered(lambda rec: self._is_suspect(rec, codes))
        for provider, part in suspects.grouped("provider_id").items():
            try:
                self._read_refused_at(ctx, provider, part)
            except Exception:
                # The charges are refused either way; other providers have their turn.
                self.env.cr.rollback()
                _logger.exception("Refused methods of %s were not read.", provider)

    def _is_suspect(self, attempt, codes):
        """Return whether nobody was told yet why a charge was refused in this way."""
        return (
            attempt.state == "declined"
            and attempt.notified_state != "declined"
            and attempt.decline_code in SUSPECT_CODES
            and attempt.token_id.active
            and attempt.token_id.provider_code in codes
        )

    def _read_refused_at(self, ctx, provider, attempts):
        gateway = self._get_methods(provider)
        tokens = attempts.token_id
        refs = [_get_refs(token) for token in tokens]
        self._commit()
        kinds = ctx.pool.map(lambda pair: _read(gateway, *pair), refs)
        found = dict(zip(tokens.ids, kinds, strict=True))
        gone = attempts.filtered(lambda rec: found[rec.token_id.id] == GONE)
        self._apply(self._retire_refused, gone)
        absent = attempts.filtered(lambda rec: found[rec.token_id.id] == ABSENT)
        self._apply(self._pause_absent, absent, ctx)

    # === RECORD === #

    def _retire_refused(self, attempts):
        """Archive methods that are gone, and say so of the charges that met it."""
        self._retire(attempts.token_id)
        return self._explain(attempts)

    def _pause_absent(self, attempts, ctx):
        """Pause methods that this account does not know; people can release them.

        Perhaps the key is the fault: when many are not known nothing is paused, what
        was is released, and the engine calls a person about the provider.
        """
        if not attempts:
            return attempts
        provider = attempts.provider_id
        unknown = self._get_absent(provider)
        if (
            ctx.pool.stopped.get(provider.id) == STOP_MISSING
            or len(unknown) >= MISSING_BEFORE_STOP
        ):
            self._release_absent(unknown)
            return attempts
        for token in attempts.token_id:
            self._pause_one(token)
        return self._explain(attempts)

    def _pause_one(self, token):
        if token.autopay_paused_date:
            return
        reason = self.env._(
            "The payment provider does not know it any more. Ask the customer for "
            "another payment method."
        )
        token._pause_autopay(reason)
        self._alert_lost(token, f"{token._get_autopay_label()}: {reason}")

    def _get_absent(self, provider):
        """Return {method: when it was not known} since the provider's last success."""
        attempts = self.env["autopay.attempt"]
        own = [("provider_id", "=", provider.id)]
        last = attempts.search([*own, ("state", "=", "succeeded")], limit=1)
        groups = attempts._read_group(
            [
                *own,
                ("id", ">", last.id or 0),
                ("state", "=", "declined"),
                ("decline_code", "in", ("resource_missing", REMOVED)),
                ("token_id.active", "=", True),
            ],
            ["token_id"],
            ["outcome_date:max"],
        )
        return dict(groups)

    def _release_absent(self, unknown):
        """Release the methods that were paused because of these refusals."""
        for token, refused in unknown.items():
            if token.autopay_paused_date and token.autopay_paused_date >= refused:
                token.sudo().write(
                    {"autopay_paused_date": False, "autopay_pause_reason": False}
                )
                calls = token.partner_id.sudo().activity_ids
                calls.filtered_domain([("autopay_wait", "=", LOST_METHOD)]).unlink()

    def _explain(self, attempts):
        """Say of refused charges that their method was removed."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        locked.write({"decline_class": "method", "decline_code": REMOVED})
        return locked


def _read(gateway, method_ref, customer_ref):
    """Return whether a method can still be charged: FOUND, GONE, ABSENT or UNKNOWN."""
    report = gateway.read_method(method_ref)
    if report.kind == FOUND and report.customer_ref != customer_ref:
        return ABSENT
    if report.kind == ABSENT and gateway.read_customer(customer_ref) == GONE:
        return GONE
    return report.kind


def _get_refs(token):
    """Return the ids of a saved method and of its customer at the provider."""
    refs = token._get_autopay_refs()
    return refs["method"], refs["customer"]
