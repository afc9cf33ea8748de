import hashlib

from odoo import fields, models

from ...const.engine import OWN_FIELDS_CONTEXT
from ...gateways.base import ChargeOrder
from ...gateways.money import to_minor
from ..guard.row_touch import touch


class AutopayReservation(models.AbstractModel):
    """Writes down what will be asked for: attempt, transaction and exact requests."""

    _name = "autopay.reservation"
    _description = "Autopay Reservation"

    def _take(self, run, decisions, ctx):
        """Create attempts, and show that their invoices are in progress."""
        attempts = self._create_attempts(run, decisions, ctx)
        attempts.line_ids.move_id.with_context(**OWN_FIELDS_CONTEXT).write(
            {"autopay_status": "in_progress"}
        )
        return attempts

    def _create_attempts(self, run, decisions, ctx):
        """Create attempts with their transactions and their exact requests."""
        self._hold_caps(decisions)
        names = self._get_names(len(decisions))
        transactions = self.env["payment.transaction"].create(
            [
                self._prepare_transaction_vals(decision, name)
                for decision, name in zip(decisions, names, strict=True)
            ]
        )
        return self.env["autopay.attempt"].create(
            [
                self._prepare_attempt_vals(run, decision, name, transaction, ctx)
                for decision, name, transaction in zip(
                    decisions, names, transactions, strict=True
                )
            ]
        )

    def _hold_caps(self, decisions):
        """Let no other run charge under the same limit per month until we commit."""
        counting = (each.authorization for each in decisions if each.counts)
        touch(self.env["autopay.authorization"].union(*counting), "company_id")

    def _get_names(self, count):
        """Return the names of so many new attempts."""
        sequence = self.env["ir.sequence"].search(
            [
                ("code", "=", "autopay.attempt"),
                ("company_id", "in", (self.env.company.id, False)),
            ],
            order="company_id",
            limit=1,
        )
        return [sequence.next_by_id() for _number in range(count)]

    def _prepare_transaction_vals(self, decision, name):
        """Return a transaction that Odoo shows as pending and leaves alone."""
        move, token = decision.move, decision.token
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": f"{move.name}-{name}",
            "amount": decision.amount,
            "currency_id": move.currency_id.id,
            "partner_id": move.partner_id.id,
            "operation": "offline",
            "state": "pending",
            # Odoo's sweep takes whatever is not post-processed, in any state.
            "is_post_processed": True,
            "invoice_ids": [fields.Command.set(move.ids)],
        }

    def _prepare_attempt_vals(self, run, decision, name, transaction, ctx):
        """Return an attempt on one invoice."""
        move, token = decision.move, decision.token
        currency = move.currency_id
        now = fields.Datetime.now()
        vals = {
            "name": name,
            "run_id": run.id,
            "trigger": run.trigger,
            "company_id": run.company_id.id,
            "partner_id": move.commercial_partner_id.id,
            "token_id": token.id,
            "provider_id": token.provider_id.id,
            "authorization_id": decision.authorization.id,
            "configuration_id": decision.configuration.id,
            "configuration_words": decision.configuration.display_name,
            "rest_date": decision.rest_date,
            "transaction_id": transaction.id,
            "currency_id": currency.id,
            "amount": decision.amount,
            "amount_minor": self._get_minor(decision),
            "reserved_date": now,
            # The resolver looks after the attempt, whatever becomes of this process.
            "next_check_date": fields.Datetime.add(now, minutes=15),
            "line_ids": [fields.Command.create(self._prepare_line_vals(decision, run))],
        }
        vals.update(self._prepare_request_vals(vals, transaction, ctx))
        return vals

    def _get_minor(self, decision):
        """Return the amount as its provider counts it."""
        currency, code = decision.move.currency_id, decision.token.provider_code
        return to_minor(decision.amount, currency.name, currency.decimal_places, code)

    def _prepare_line_vals(self, decision, run):
        share = decision.share
        return {
            "part": share.part if share.parts > 1 else 0,
            "move_id": decision.move.id,
            "company_id": run.company_id.id,
            "amount": decision.amount,
            "discount_amount": decision.discount.amount,
            "discount_date": decision.discount.amount and decision.discount.last_day,
            "previous_status": decision.move.autopay_status,
        }

    def _prepare_request_vals(self, vals, transaction, ctx):
        """Return the requests as they will be sent, and the keys they go under."""
        gateway = self._get_gateway(ctx, transaction.provider_id)
        if not gateway:
            return {}
        prepare, charge = gateway.build_requests(
            self._get_charge_order(vals["amount_minor"], transaction)
        )
        return {
            "prepare_params": prepare,
            "charge_params": charge,
            "prepare_key": self._get_key(transaction, "prepare"),
            "charge_key": self._get_key(transaction, "charge"),
        }

    def _get_charge_order(self, amount_minor, transaction):
        token = transaction.token_id
        refs = token._get_autopay_refs()
        return ChargeOrder(
            reference=transaction.reference,
            amount_minor=amount_minor,
            currency=transaction.currency_id.name.lower(),
            customer_ref=refs["customer"],
            method_ref=refs["method"],
            method_type=token._get_autopay_method_type(),
            mandate_ref=refs["mandate"],
            metadata={
                "autopay_tx": transaction.reference,
                "autopay_database": self._get_database_uuid(),
            },
        )

    def _get_key(self, transaction, step):
        """Return an idempotency key that no rollback can ever give out again.

        It goes by the id of the committed transaction: references are computed and can
        come back after a rollback, ids of a sequence cannot.
        """
        parts = (
            self._get_database_uuid(),
            transaction.provider_id.id,
            transaction.id,
            step,
        )
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()

    def _get_database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")
