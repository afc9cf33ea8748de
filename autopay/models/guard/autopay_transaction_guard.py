import logging
import math

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

_logger = logging.getLogger(__name__)


class AutopayTransactionGuard(models.Model):
    """Lets nobody but the engine move its transactions, and nobody pay what is held.

    The overrides stand in front of those of `payment` and of the providers that are
    loaded before.
    """

    _name = "payment.transaction"
    _inherit = ["payment.transaction", "autopay.scope"]

    # === NEW TRANSACTIONS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to refuse what could charge a second time or too much.

        Every way to pay comes through here before a provider is asked for anything.
        """
        transactions = super().create(vals_list)
        concerned = transactions._filter_autopay_concerned()
        concerned._check_autopay_invoices()
        own = concerned.filtered(lambda tx: not tx.source_transaction_id)
        for transaction in own:
            transaction._check_autopay_usage()
            transaction._check_autopay_owner()
            transaction._check_autopay_visitor()
        return transactions

    def _filter_autopay_concerned(self):
        """Return what pays invoices of, or is paid to, companies that know autopay."""
        known = self._filter_autopay_known()
        others = self - known
        # A provider of a company that has nothing to do with that of the invoice.
        if not others or not self.env["res.company"]._is_autopay_known_anywhere():
            return known
        return known | others.filtered(
            lambda tx: tx.sudo().invoice_ids._filter_autopay_known()
        )

    def _check_autopay_linked(self, vals):
        """Check invoices that were linked later on with these values."""
        if "invoice_ids" in vals:
            # A confirmed transaction has to be linked; it charges nothing any more.
            drafts = self.filtered(lambda tx: tx.state == "draft")
            drafts._filter_autopay_concerned()._check_autopay_invoices()

    def _check_autopay_invoices(self):
        """Refuse invoices that are being collected.

        :raises UserError: what holds the invoice
        """
        invoices = self.sudo().invoice_ids
        invoices._lock_autopay()
        invoices.with_env(self.env)._check_autopay_free()

    def _check_autopay_owner(self):
        """Let only its owner pay online with a saved method.

        With Odoo's own rule whoever holds a link to a document can charge the methods
        that its customer has saved, without logging in. Links are forwarded; where
        Autopay is on, and customers are asked to save a method, this rule therefore
        holds for all documents, on autopay or not.

        :raises AccessError: when the user is not logged in as the owner
        """
        user, transaction = self.env.user, self.sudo()
        token = transaction.token_id
        if not token or user._is_superuser() or not self._is_autopay_online(user):
            return
        if not self._is_autopay_used():
            return
        same = user.partner_id.commercial_partner_id == (
            token.partner_id.commercial_partner_id
        )
        if user._is_public() or not same or token.provider_id != self.provider_id:
            raise AccessError(
                self.env._("Log in to pay with a saved payment method of yours.")
            )

    def _is_autopay_used(self):
        """Return whether Autopay is on for who is paid, or for an invoice that is."""
        invoices = self.sudo().invoice_ids
        return bool(invoices._filter_autopay_on() or self._filter_autopay_used())

    def _is_autopay_online(self, user):
        """Return whether somebody is at it in a browser, as against staff at work."""
        return not user._is_internal() or self.operation == "online_token"

    # === VISITORS AND CUSTOMERS === #

    def _check_autopay_visitor(self):
        """Let customers and holders of links pay what is due on an invoice, no more.

        The browser chooses amount, provider and operation; Odoo takes its word.

        :raises ValidationError: when it is not what the invoice asks for
        """
        transaction = self.sudo()
        if self.env.user._is_internal() or not transaction._get_autopay_asked():
            return
        if transaction._is_autopay_misdirected():
            raise ValidationError(
                self.env._("This invoice cannot be paid in this way.")
            )
        if transaction._is_autopay_too_much():
            raise ValidationError(
                self.env._("The amount must be above zero and at most what is due.")
            )
        if any(move._is_autopay_withheld() for move in transaction.invoice_ids):
            raise ValidationError(
                self.env._("There is nothing to pay on this invoice for now.")
            )
        if transaction._is_autopay_paid_otherwise():
            raise ValidationError(
                self.env._("Another payment of this invoice is under way.")
            )

    def _check_autopay_usage(self):
        """Let customers use each provider for what it is for, whatever a browser sends.

        :raises ValidationError: when it was not offered to them
        """
        user, provider = self.env.user, self.sudo().provider_id
        if user._is_internal() or provider._is_autopay_fit(self.operation):
            return
        if self._is_autopay_used():
            raise ValidationError(
                self.env._("This payment provider cannot be used for that.")
            )

    def _get_autopay_asked(self):
        """Return the invoices that would be collected if nobody paid them."""
        invoices = self.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        return invoices._filter_autopay_on()

    def _is_autopay_misdirected(self):
        """Return whether another company, currency or operation would come of it."""
        provider, invoices = self.provider_id, self._get_autopay_asked()
        return (
            self.operation == "validation"
            or provider.state == "disabled"
            or invoices.currency_id != self.currency_id
            or any(
                provider.company_id not in company.parent_ids
                for company in invoices.company_id
            )
        )

    def _is_autopay_too_much(self):
        """Return whether more comes in than is due and not confirmed already."""
        if not math.isfinite(self.amount) or self.amount <= 0:
            return True
        others = self.invoice_ids.transaction_ids - self
        due = sum(self.invoice_ids.mapped("amount_residual"))
        due -= others._get_autopay_unbooked(self.currency_id)
        return self.currency_id.compare_amounts(self.amount, due) > 0

    def _get_autopay_unbooked(self, currency):
        """Return what confirmed payments bring that wait to be booked.

        :param currency: the one to return it in (major units)
        """
        waiting = self.filtered(
            lambda tx: tx.state == "done" and not tx.is_post_processed and tx.amount > 0
        )
        return sum(
            tx.currency_id._convert(tx.amount, currency, tx.company_id)
            for tx in waiting
        )

    def _is_autopay_paid_otherwise(self):
        """Return whether somebody else is paying one of the invoices already."""
        others = self.invoice_ids.transaction_ids - self
        return any(
            tx.state in ("pending", "authorized")
            and tx.provider_code not in ("none", "custom")
            for tx in others
        )

    # === WHAT PROVIDERS TELL ODOO === #

    def _process(self, provider_code, payment_data):
        """Override of `payment`: what comes in by itself only wakes the resolver.

        It may be forged (Odoo takes unsigned webhooks when no secret is set), late, out
        of order or about another amount; the resolver reads the provider's object.
        """
        transaction = self or self._search_by_reference(provider_code, payment_data)
        if not transaction:
            return transaction
        if not transaction._filter_autopay_known():
            return super(AutopayTransactionGuard, transaction)._process(
                provider_code, payment_data
            )
        if transaction._wake_autopay_setup():
            return transaction
        attempts = transaction._get_autopay_followed_attempts()
        if transaction._is_autopay_read_from_provider():
            attempts._check_soon()
            return transaction
        if transaction._is_autopay_amount_wrong(payment_data):
            transaction._alert_autopay_wrong_amount()
            return transaction
        processed = super(AutopayTransactionGuard, transaction)._process(
            provider_code, payment_data
        )
        if attempts:
            attempts._check_soon()
        return processed

    def _get_autopay_followed_attempts(self):
        """Return the attempts of these transactions that are not over."""
        transactions = self.sudo() | self.sudo().source_transaction_id
        return transactions.autopay_attempt_ids.filtered("next_check_date")

    def _is_autopay_asked(self):
        """Return whether the engine asks the provider itself about this charge."""
        attempts = self.sudo().autopay_attempt_ids
        return any(attempt._can_be_asked() for attempt in attempts)

    def _is_autopay_read_from_provider(self):
        """Return whether to read the truth instead of being told.

        Refunds that staff asked for in Odoo are moved by the provider's messages to
        Odoo as long as those are signed.
        """
        if self._is_autopay_asked():
            return True
        if not self.source_transaction_id._is_autopay_asked():
            return False
        refunding = self.env.context.get("autopay_refunding")
        return not (refunding or self.provider_id._is_autopay_refund_told())

    def _is_autopay_amount_wrong(self, payment_data):
        """Return whether a provider that cannot be asked reports another amount.

        Odoo calls the first such report an error, which frees the invoice, and takes
        the second for a success.
        """
        own = self.sudo().autopay_attempt_ids
        found = self._extract_amount_data(payment_data) if own else None
        if found is None:
            return False
        amount, code = found.get("amount"), found.get("currency_code")
        wrong = not amount or self.currency_id.compare_amounts(amount, self.amount)
        return bool(wrong) or code != self.currency_id.name

    def _alert_autopay_wrong_amount(self):
        """Tell people that a provider reports another amount than was asked for."""
        summary = self.env._("The provider reports another amount than was asked for")
        for attempt in self.sudo().autopay_attempt_ids:
            attempt.mismatch = True
            self.env["autopay.notification"].sudo()._alert(
                attempt, attempt.company_id, summary
            )

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: the engine alone moves what it can ask about."""
        engines = self._filter_autopay_known()
        engines = engines.filtered(lambda tx: tx._is_autopay_asked())
        for transaction in engines:
            _logger.warning(
                "Autopay's transaction %s stays %s, somebody wanted it %s.",
                transaction.reference,
                transaction.state,
                target_state,
            )
        others = self - engines
        if target_state in ("error", "cancel"):
            # Odoo leaves alone what is done, and tells its log only.
            known = others._filter_autopay_known().sudo()
            known.autopay_attempt_ids._alert_failed_after_all()
        return super(AutopayTransactionGuard, others)._update_state(
            allowed_states, target_state, state_message
        )

    def _autopay_update_state(self, target_state, state_message):
        """Move the transactions to a state, for the engine, wherever they come from."""
        sources = ("draft", "pending", "authorized", "error", "cancel", "done")
        # Past our own override, which is there for everybody else.
        # pylint: disable-next=super-method-mismatch
        return super()._update_state(sources, target_state, state_message)

    # === REFUNDS === #

    def _refund(self, amount_to_refund=None):
        """Override of `payment` to tell refunds of staff from those heard of."""
        if not self._filter_autopay_known():
            return super()._refund(amount_to_refund)
        refunding = self.with_context(autopay_refunding=True)
        return super(AutopayTransactionGuard, refunding)._refund(amount_to_refund)

    def _create_child_transaction(
        self, amount, is_refund=False, **custom_create_values
    ):
        """Override of `payment`: no refund is booked because a webhook tells of one."""
        unasked = not self.env.context.get("autopay_refunding")
        if unasked and self._filter_autopay_known()._is_autopay_asked():
            return self.browse()
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )
