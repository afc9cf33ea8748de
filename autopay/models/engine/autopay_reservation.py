import hashlib
from itertools import chain

from odoo import fields, models

from ...const.engine import OWN_FIELDS_CONTEXT
from ...gateways.base import ChargeOrder
from ...gateways.money import to_minor
from ..guard.row_touch import touch


class AutopayReservation(models.AbstractModel):
    """Writes down what will be asked for: attempt, transaction and exact requests."""

    _name = "autopay.reservation"
    _description = "Autopay Reservation"

    def _take(self, run, groups, ctx):
        """Create attempts, and show that their invoices are in progress.

        :param groups: lists of the decisions that become one charge each
        """
        attempts = self._create_attempts(run, groups, ctx)
        attempts.line_ids.move_id.with_context(**OWN_FIELDS_CONTEXT).write(
            {"autopay_status": "in_progress"}
        )
        return attempts

    def _create_attempts(self, run, groups, ctx):
        """Create attempts with their transactions and their exact requests."""
        self._hold_caps(chain.from_iterable(groups))
        names = self._get_names(len(groups))
        transactions = self.env["payment.transaction"].create(
            [
                self._prepare_transaction_vals(group, name)
                for group, name in zip(groups, names, strict=True)
            ]
        )
        return self.env["autopay.attempt"].create(
            [
                self._prepare_attempt_vals(run, group, name, transaction, ctx)
                for group, name, transaction in zip(
                    groups, names, transactions, strict=True
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

    def _prepare_transaction_vals(self, group, name):
        """Return a transaction that Odoo shows as pending and leaves alone."""
        move, token = group[0].move, group[0].token
        combinations = self.env["autopay.combination"]
        payer = move.partner_id if len(group) == 1 else move.commercial_partner_id
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": f"{combinations._get_name(group)}-{name}",
            "amount": combinations._sum(group),
            "currency_id": move.currency_id.id,
            "partner_id": payer.id,
            "operation": "offline",
            "state": "pending",
            # Odoo's sweep takes whatever is not post-processed, in any state.
            "is_post_processed": True,
            "invoice_ids": [fields.Command.set([each.move.id for each in group])],
        }

    def _prepare_attempt_vals(self, run, group, name, transaction, ctx):
        """Return an attempt on one invoice, or on those that are charged together."""
        decision = group[0]
        move, token = decision.move, decision.token
        amount = self.env["autopay.combination"]._sum(group)
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
            "currency_id": move.currency_id.id,
            "amount": amount,
            "amount_minor": self._get_minor(amount, decision),
            "reserved_date": now,
            # The resolver looks after the attempt, whatever becomes of this process.
            "next_check_date": fields.Datetime.add(now, minutes=15),
            "line_ids": [
                fields.Command.create(self._prepare_line_vals(each, run))
                for each in group
            ],
        }
        vals.update(self._prepare_request_vals(vals, transaction, ctx))
        return vals

    def _get_minor(self, amount, decision):
        """Return an amount as its provider counts it."""
        currency, code = decision.move.currency_id, decision.token.provider_code
        return to_minor(amount, currency.name, currency.decimal_places, code)

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
