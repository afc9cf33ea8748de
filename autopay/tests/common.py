from datetime import timedelta

import stripe

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common_books import BooksCommon
from .common_simulator import get_simulator

SECRET_KEY = "sk_test_autopay"


@tagged("post_install", "-at_install")
class AutopayCommon(BooksCommon):
    """A company with autopay switched on and factories for all that it works with.

    Charges go to a real simulator over HTTP, which knows nothing of other classes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = get_simulator()
        cls.admin = cls.simulator.admin
        cls.company = cls.company_data["company"]
        # The clock that tests read: without it days would begin by the country's.
        cls.company.partner_id.tz = "UTC"
        cls.company.write({"autopay_enabled": True, "autopay_policy": "manual"})
        cls.today = cls.company._get_autopay_today()
        cls.provider = cls._create_provider("stripe", stripe_secret_key=SECRET_KEY)
        cls.card_method = cls.env.ref("payment.payment_method_visa")
        cls.debit_method = cls.env.ref("payment.payment_method_ach_direct_debit")
        (cls.card_method | cls.debit_method).active = True
        cls.customer = cls._create_customer("Green Valley Dairy")

    def setUp(self):
        super().setUp()
        self.startPatcher(self._patch_api_base())
        self.admin.clear_faults()
        self.stripe = stripe.StripeClient(
            SECRET_KEY, base_addresses={"api": self.simulator.url}
        )

    def _patch_api_base(self):
        from unittest.mock import patch

        return patch.dict("os.environ", {"AUTOPAY_STRIPE_API_BASE": self.simulator.url})

    # === FACTORIES === #

    @classmethod
    def _create_provider(cls, code, **values):
        """Return the company's provider of that code, switched on in test mode."""
        provider = cls.env["payment.provider"].search(
            [("code", "=", code), ("company_id", "=", cls.company.id)], limit=1
        )
        provider.write(
            {
                "state": "test",
                "allow_tokenization": True,
                "capture_manually": False,
                **({"stripe_publishable_key": "pk_test"} if code == "stripe" else {}),
                **values,
            }
        )
        return provider

    @classmethod
    def _create_company(cls, **values):
        """Create a company as Odoo's own tests do; it lives by UTC as ours does."""
        company = super()._create_company(**values)
        company.partner_id.tz = "UTC"
        return company

    @classmethod
    def _create_customer(cls, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "email": "billing@example.com", "customer_rank": 1, **values}
        )

    @classmethod
    def _create_user(cls, login, groups, **values):
        """Create a user of the company, or of another one given as *company*.

        :param str groups: xml ids, separated by commas
        """
        company = values.pop("company", cls.company)
        return new_test_user(
            cls.env,
            login,
            groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    def _create_token(self, method="pm_card_visa", customer=None, **values):
        """Save a payment method of a customer at the simulator and in Odoo.

        :param str method: one of Stripe's documented test payment methods, or the
            behaviour of one as a dict (see the simulator's admin interface)
        """
        customer = customer or self.customer
        reference = self.stripe.v1.customers.create({"name": customer.name}).id
        if isinstance(method, dict):
            saved = self.admin.create_payment_method(
                "card", customer=reference, behaviour=method
            )
        else:
            saved = self.stripe.v1.payment_methods.attach(
                method, {"customer": reference}
            )
        is_debit = isinstance(method, str) and "BankAccount" in method
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": (
                    self.debit_method if is_debit else self.card_method
                ).id,
                "partner_id": customer.id,
                "provider_ref": reference,
                "stripe_payment_method": saved["id"],
                "payment_details": "6789" if is_debit else "4242",
                **values,
            }
        )

    def _enrol(self, method="pm_card_visa", customer=None, **values):
        """Save a method and make it the customer's Autopay Token, authorized."""
        customer = customer or self.customer
        token = self._create_token(method, customer, **values)
        customer.with_company(self.company).autopay_token_id = token
        return token

    def _enrol_at_demo(self, simulated_state="done"):
        """Make a method of Odoo's Demo provider, which cannot be asked, the token.

        :param str simulated_state: what becomes of its charges
        :return: the provider
        """
        demo = self._create_provider("demo")
        self.customer.with_company(self.company).autopay_token_id = self.env[
            "payment.token"
        ].create(
            {
                "provider_id": demo.id,
                "payment_method_id": demo.payment_method_ids[:1].id,
                "partner_id": self.customer.id,
                "provider_ref": "demo",
                "payment_details": "0001",
                "demo_simulated_state": simulated_state,
            }
        )
        return demo

    def _create_due_invoice(self, amount=100.0, customer=None, **values):
        """Create a posted, eligible invoice whose autopay date has come."""
        invoice = self._create_posted_invoice(amount, customer, **values)
        invoice.write({"autopay_date": self.today, "autopay_status": "eligible"})
        return invoice

    def _create_posted_invoice(self, amount=100.0, customer=None, **values):
        day = self.today - timedelta(days=10)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (customer or self.customer).id,
                "invoice_date": fields.Date.to_string(day),
                "invoice_date_due": fields.Date.to_string(day),
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Service", "price_unit": amount, "tax_ids": []}
                    )
                ],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    # === ACTS === #

    def _run_autopay(self):
        """Run the scheduled action that charges, as the scheduler does."""
        self._run_cron("autopay.ir_cron_charge_due_invoices")

    def _resolve_autopay(self):
        """Run the scheduled action that resolves, with every attempt due now."""
        self.env["autopay.attempt"].sudo().search(
            [("next_check_date", "!=", False)]
        ).next_check_date = fields.Datetime.now()
        self._run_cron("autopay.ir_cron_resolve_open_attempts")

    def _charge_now(self, moves, tokens=None, shown=None):
        """Charge at the wish of a person, as the wizard does.

        :param dict tokens: {move id: token} chosen by the person
        :param dict shown: {move id: amount} that the person has seen
        """
        chosen = {move_id: token.id for move_id, token in (tokens or {}).items()}
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, su=True)
            method = env["payment.token"]
            env["autopay.engine"]._charge_now(
                env["account.move"].browse(moves.ids),
                {move_id: method.browse(token) for move_id, token in chosen.items()},
                shown,
            )

    def _run_cron(self, xml_id):
        with self.enter_registry_test_mode():
            self.env.ref(xml_id).method_direct_trigger()

    def _charge_in_doubt(self):
        """Leave an attempt whose charge never arrived at Stripe.

        :return: (invoice, attempt)
        """
        self.admin.add_fault(
            "reset_before", method="POST", path="/v1/payment_intents/*/confirm"
        )
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sudo()
        self.assertEqual(attempt.state, "unknown")
        return invoice, attempt

    def _force(self, record, **values):
        """Write past all checks, as an import or another module may have done."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id = %s",
                [value, record.id],
            )
        self.env.invalidate_all()

    def _write_copies(self, consents):
        """Write the mails with copies of consents; return them."""
        told = [("res_model", "=", consents._name), ("res_id", "in", consents.ids)]
        notices = self.env["autopay.notice"].sudo().search(told)
        notices._queue(notices)
        return notices.mail_id

    # === FACTS === #

    def _get_totals(self):
        """Return what the simulator's ledger says was taken, by currency (minor)."""
        return self.admin.ledger()["totals"]

    def _get_charges(self, invoice):
        """Return the simulator's charges that took money for an invoice."""
        references = invoice.transaction_ids.mapped("reference")
        return [
            entry
            for entry in self.admin.ledger()["entries"]
            if entry["kind"] == "charge"
            and entry["metadata"].get("autopay_tx") in references
        ]

    def _get_last_run(self):
        return self.env["autopay.run"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
