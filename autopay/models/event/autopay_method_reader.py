from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const.engine import OWN_FIELDS_CONTEXT
from ...const.event import METHOD_EXPIRY_DAYS, METHOD_READ_BATCH, METHOD_READ_HOURS
from ...gateways.base import ABSENT, FOUND, GONE, UNKNOWN
from ...gateways.run_context import RunContext
from ...words.days import say_day
from ..notification.autopay_notification import LOST_METHOD

# Refusals that a newer expiry date answers.
EXPIRY_DECLINES = ("expired_card", "invalid_expiry_month", "invalid_expiry_year")


class AutopayMethodReader(models.AbstractModel):
    """Learns from the provider what became of saved payment methods; charges nothing.

    Events say when to look; methods about to end are read without any event as well.
    """

    _name = "autopay.method.reader"
    _inherit = "autopay.stage"
    _description = "Autopay Method Reader"

    # === WITHOUT ANY EVENT === #

    @api.model
    def _read_ending_methods(self):
        """Read the methods in use that end soon or have ended, a few at a time."""
        tokens = self.env["payment.token"].search(
            self._get_ending_domain(),
            order="autopay_read_date NULLS FIRST, id",
            limit=METHOD_READ_BATCH,
        )
        if not tokens:
            return
        with RunContext() as ctx:
            for provider, part in tokens.grouped("provider_id").items():
                self._read_of_provider(ctx, provider, part)

    def _get_ending_domain(self):
        now = fields.Datetime.now()
        recently = now - timedelta(hours=METHOD_READ_HOURS)
        soon = fields.Date.today() + timedelta(days=METHOD_EXPIRY_DAYS)
        never_read = Domain("autopay_read_date", "=", False)
        new = never_read & Domain("create_date", ">=", recently)
        due = never_read | (
            Domain("autopay_expiry_date", "<=", soon)
            & Domain("autopay_read_date", "<", recently)
        )
        in_use = Domain(
            [
                ("provider_id.state", "!=", "disabled"),
                ("autopay_authorization_ids", "any", [("revoked_date", "=", False)]),
            ]
        )
        home = Domain(self.env["res.company"]._get_autopay_home_domain())
        readable = self.env["payment.token"]._get_autopay_readable_domain()
        return readable & in_use & due & ~new & home

    def _read_of_provider(self, ctx, provider, tokens):
        """Read the methods of one account; the first one shows whether it answers."""
        try:
            gateway = self._get_methods(provider)
        except ValueError:
            # The engine tells of a provider that is not set up.
            return
        reports = {}
        for part in (tokens[:1], tokens[1:]):
            refs = [(token.id, token._get_autopay_refs()["method"]) for token in part]
            self._commit()
            answers = ctx.pool.map(gateway.read_method, [ref for _id, ref in refs])
            reports.update(zip([number for number, _ref in refs], answers, strict=True))
            if any(report.kind == UNKNOWN for report in reports.values()):
                break
        read = tokens.filtered(lambda token: token.id in reports)
        self._apply(self._record_methods, read, reports)

    # === AFTER AN EVENT: return why nothing came of it, or False === #

    @api.model
    def _process_changed_method(self, provider, method_ref):
        """Read a payment method that is said to have changed."""
        tokens = self._get_tokens(provider, method=method_ref)
        if not tokens:
            return self._get_stranger_sentence()
        return self._read_one(provider, tokens, method_ref)

    @api.model
    def _process_deleted_customer(self, provider, customer_ref):
        """Read a customer that is said to be deleted, and its payment methods."""
        tokens = self._get_tokens(provider, customer=customer_ref)
        if not tokens:
            return self._get_stranger_sentence()
        gateway = self._get_methods(provider)
        self._commit()
        kind = gateway.read_customer(customer_ref)
        if kind == UNKNOWN:
            raise UserError(self.env._("The provider did not answer."))
        if kind != GONE:
            return self.env._("The customer exists at the provider.")
        self._apply_committed(self._retire, tokens)
        return False

    @api.model
    def _process_changed_mandate(self, provider, mandate_ref, method_ref):
        """Read a mandate that is said to have changed."""
        tokens = self._get_tokens(provider, mandate=mandate_ref, method=method_ref)
        if not tokens:
            return self._get_stranger_sentence()
        gateway = self._get_methods(provider)
        self._commit()
        report = gateway.read_mandate(mandate_ref)
        if report.kind == UNKNOWN:
            raise UserError(self.env._("The provider did not answer."))
        if report.kind != GONE:
            return self.env._("The mandate is in force at the provider.")
        # A method has a newer mandate when it was saved again: that one stands.
        meant = tokens.filtered(
            lambda token: token._get_autopay_refs()["mandate"] in ("", mandate_ref)
        )
        self._apply_committed(self._revoke, meant)
        return False

    def _read_one(self, provider, tokens, method_ref):
        gateway = self._get_methods(provider)
        self._commit()
        report = gateway.read_method(method_ref)
        if report.kind == UNKNOWN:
            raise UserError(self.env._("The provider did not answer."))
        if report.kind == ABSENT:
            return self.env._("The provider does not know this payment method.")
        reports = dict.fromkeys(tokens.ids, report)
        self._apply_committed(self._record_methods, tokens, reports)
        return False

    def _get_tokens(self, provider, **refs):
        """Return the active methods of a provider with one of these ids there."""
        tokens = self.env["payment.token"]
        return tokens.search(
            Domain.OR(
                tokens._get_autopay_ref_domain(provider, key, ref)
                for key, ref in refs.items()
            )
        )

    def _get_methods(self, provider):
        """Return the part of the provider's account that reads methods.

        :raises ValueError: when the provider is not set up well enough to be called
        """
        return provider._get_autopay_gateway().methods

    def _get_stranger_sentence(self):
        return self.env._("No saved payment method is concerned.")

    # === RECORD === #

    def _record_methods(self, tokens, reports):
        """Take in what the provider says of saved methods.

        :param dict reports: {token id: MethodReport}
        """
        locked = tokens.try_lock_for_update(allow_referencing=True)
        for token in locked:
            report = reports[token.id]
            if report.kind == FOUND:
                self._renew(token, report)
        self._retire(locked.filtered(lambda token: reports[token.id].kind == GONE))
        # Without an answer as well: others have their turn before it is asked again.
        locked.autopay_read_date = fields.Datetime.now()

    def _renew(self, token, report):
        """Keep what is printed on a card now, and tell of a card that was renewed."""
        before = (token.payment_details, token.autopay_expiry_date)
        vals = {"autopay_expiry_date": report.expiry_date}
        if report.last4:
            vals["payment_details"] = report.last4
        old_label = token._get_autopay_label()
        token.write(vals)
        if before == (token.payment_details, token.autopay_expiry_date):
            return
        known = bool(before[1]) or before[0] != token.payment_details
        if known:
            self._notify_staff(token, self._get_renewed_sentence(token, old_label))
        if before[1] and report.expiry_date and report.expiry_date > before[1]:
            self._clear_expired(token)

    def _clear_expired(self, token):
        """Let invoices be tried again tomorrow that an expired card had refused."""
        attempts = self.env["autopay.attempt"].search(
            [
                ("token_id", "=", token.id),
                ("state", "=", "declined"),
                ("decline_code", "in", EXPIRY_DECLINES),
                ("line_ids.move_id.autopay_status", "=", "error"),
            ]
        )
        moves = attempts.line_ids.move_id
        # People decide about money that went back.
        returned = self.env["autopay.reversal"]._get_returned_attempts(moves)
        for move in moves.filtered(lambda move: move.id not in returned):
            latest = move.autopay_attempt_ids.sorted("id")[-1:]
            declines = move.autopay_attempt_ids.filtered(
                lambda attempt: attempt.state == "declined"
            )
            waiting = move.autopay_status == "error" and not move.autopay_retry_date
            retries = move.company_id._get_autopay_retry_days("card", "later")
            if waiting and latest in attempts and len(declines) <= len(retries):
                tomorrow = move.company_id._get_autopay_today() + timedelta(days=1)
                move.with_context(**OWN_FIELDS_CONTEXT).autopay_retry_date = tomorrow

    def _retire(self, tokens):
        """Archive methods that can never be charged again, and tell of it."""
        for token in tokens.try_lock_for_update(allow_referencing=True):
            sentence = self.env._(
                "%(method)s was removed at the payment provider and cannot be charged "
                "any more.",
                method=token._get_autopay_label(),
            )
            in_use = self._get_in_force(token)
            token.active = False
            self._notify_staff(token, sentence)
            if in_use:
                self._alert_lost(token, sentence)

    def _revoke(self, tokens):
        """Revoke the consents to methods whose mandate is not in force any more."""
        reason = self.env._("The mandate is no longer in force at the provider.")
        for token in tokens:
            consents = self._get_in_force(token)
            if not consents:
                continue
            consents._revoke(reason)
            sentence = self.env._(
                "%(method)s: the customer's mandate is no longer in force. Nothing is "
                "debited any more until the customer authorizes it again.",
                method=token._get_autopay_label(),
            )
            self._notify_staff(token, sentence)
            self._alert(token, self.env._("Autopay lost a mandate"), sentence)

    def _get_in_force(self, token):
        """Return the consents to a method that were not revoked."""
        return token.autopay_authorization_ids.filtered(
            lambda consent: not consent.revoked_date
        )

    # === WORDS === #

    def _get_renewed_sentence(self, token, old_label):
        return self.env._(
            "%(old)s was updated at the payment provider: it is %(new)s now, valid "
            "until %(date)s. Nothing is charged because of this.",
            old=old_label,
            new=token._get_autopay_label(),
            date=say_day(self.env, token.autopay_expiry_date) or "-",
        )

    def _notify_staff(self, token, sentence):
        """Write a line in the chatter of the customer."""
        token.partner_id._message_log(body=sentence)

    def _alert(self, token, summary, note, wait=""):
        self.env["autopay.notification"]._alert(
            token.partner_id, token.company_id, summary, note, wait
        )

    def _alert_lost(self, token, note):
        summary = self.env._("Autopay lost a payment method")
        self._alert(token, summary, note, LOST_METHOD)
