from datetime import timedelta

from odoo import Command, api, fields, models

from ..gateways.base import DECLINED, PENDING, SUCCEEDED, UNKNOWN, ChargeOutcome
from ..gateways.run_context import RunContext

# Saved methods by customer: method, last digits, what the Demo provider answers to a
# charge, days until it expires (None: never).
TOKENS = {
    "harbour_bakery": ("visa", "4242", "done", 900),
    "lighthouse_books": ("mastercard", "4444", "done", 500),
    "blue_tram": ("visa", "9995", "error", 400),
    "copper_kettle": ("ach_direct_debit", "6789", "pending", None),
    "stone_bridge": ("visa", "3155", "pending", 700),
    "tin_roof": ("mastercard", "0005", "done", -20),
    "paper_kite": ("visa", "1881", "done", 300),
}

# Customers who withdrew their consent, and those who want every invoice collected.
REVOKED = ("paper_kite",)
AUTOMATIC = ("harbour_bakery",)

# Configurations: customer, conditions, further values. The customer's token pays.
CONFIGURATIONS = [
    (
        "harbour_bakery",
        [{"kind": "amount_total", "operator": ">=", "number": 400.0}],
        {"locked": True, "lock_reason": "Agreed in the contract"},
    ),
    (
        "harbour_bakery",
        [{"kind": "line_text", "operator": "contains", "text": "catering; delivery"}],
        {"enabled": False},
    ),
    (
        "lighthouse_books",
        [
            {"kind": "amount_total", "operator": ">=", "number": 100.0},
            {"kind": "age", "operator": ">=", "number": 15},
        ],
        {},
    ),
    # Whose consent is withdrawn afterwards: it needs attention.
    ("paper_kite", [{"kind": "amount_due", "operator": ">", "number": 50.0}], {}),
]

# Invoices: customer, amount, autopay date in days from today, further values of the
# invoice, what became of the last attempt (None: there was none).
INVOICES = [
    ("harbour_bakery", 480.00, -1, {}, None),
    ("harbour_bakery", 515.00, 14, {}, None),
    ("harbour_bakery", 455.50, -3, {}, "collected"),
    ("lighthouse_books", 129.90, None, {"autopay_status": False}, None),
    (
        "lighthouse_books",
        260.00,
        -2,
        {"autopay_hold_reason": "Delivery to be checked"},
        None,
    ),
    ("lighthouse_books", 75.25, -2, {"autopay_in_dispute": True}, None),
    ("blue_tram", 910.00, -1, {}, "declined"),
    ("blue_tram", 35.00, -4, {}, "stolen"),
    ("copper_kettle", 1240.00, -2, {}, "pending"),
    ("stone_bridge", 318.40, -1, {}, "unknown"),
    ("tin_roof", 89.00, -1, {}, None),
    ("paper_kite", 150.00, -1, {}, None),
    ("quiet_garden", 64.80, -1, {}, None),
]
HOLD_DAYS = 10

OUTCOMES = {
    "collected": ChargeOutcome(kind=SUCCEEDED),
    "pending": ChargeOutcome(kind=PENDING),
    "unknown": ChargeOutcome(kind=UNKNOWN, message="The provider did not answer."),
    "declined": ChargeOutcome(
        kind=DECLINED, code="insufficient_funds", decline_class="later"
    ),
    "stolen": ChargeOutcome(kind=DECLINED, code="stolen_card", decline_class="never"),
}


class AutopayDemo(models.AbstractModel):
    """Demonstration data: tokens of the Demo provider and invoices in every state."""

    _name = "autopay.demo"
    _description = "Autopay Demonstration Data"

    @api.model
    def _load(self, company_id):
        """Create the data in a company; without a chart of accounts there is none."""
        company = self.env["res.company"].browse(company_id)
        if not company.chart_template:
            return
        demo = self.with_company(company)
        company.write({"autopay_enabled": True, "autopay_policy": "manual"})
        provider = demo._prepare_provider(company)
        for customer, token in TOKENS.items():
            demo._create_token(provider, customer, token)
        if provider.code == "demo":
            # Without the module of the Demo provider nothing can be charged.
            for configuration in CONFIGURATIONS:
                demo._create_configuration(*configuration)
        demo._revoke_authorizations()
        for invoice in INVOICES:
            demo._create_invoice(*invoice)

    def _get_customer(self, name):
        return self.env.ref(f"autopay.partner_{name}").with_company(self.env.company)

    def _prepare_provider(self, company):
        """Return Odoo's Demo provider, switched on when its module is there."""
        provider = self.env.ref("payment.payment_provider_demo")
        # A method pays invoices of its provider's company only.
        provider.company_id = company
        if provider.code == "demo":
            provider.state = "test"
        return provider

    def _create_token(self, provider, customer, token):
        method, digits, answer, expiry_days = token
        partner = self._get_customer(customer)
        vals = {
            "provider_id": provider.id,
            "payment_method_id": self.env.ref(f"payment.payment_method_{method}").id,
            "partner_id": partner.id,
            "provider_ref": f"demo-{customer}",
            "payment_details": digits,
        }
        if expiry_days is not None:
            vals["autopay_expiry_date"] = self._get_day(expiry_days)
        if provider.code == "demo":
            vals["demo_simulated_state"] = answer
        partner.autopay_token_id = self.env["payment.token"].create(vals)
        if customer in AUTOMATIC:
            partner.autopay_policy = "automatic"

    def _create_configuration(self, customer, conditions, values):
        partner = self._get_customer(customer)
        self.env["autopay.configuration"].create(
            {
                "partner_id": partner.id,
                "company_id": self.env.company.id,
                "token_id": partner.autopay_token_id.id,
                "condition_ids": [Command.create(row) for row in conditions],
                **values,
            }
        )

    def _revoke_authorizations(self):
        for customer in REVOKED:
            authorizations = self._get_customer(customer).autopay_authorization_ids
            authorizations._revoke("Asked for bank transfers again")

    def _create_invoice(self, customer, amount, days, values, outcome):
        invoiced = self._get_day(-12)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self._get_customer(customer).id,
                "invoice_date": invoiced,
                "invoice_date_due": invoiced,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Monthly service", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
        )
        move.action_post()
        move.write(self._prepare_autopay_vals(days, values))
        if outcome:
            self._collect(move, OUTCOMES[outcome])

    def _prepare_autopay_vals(self, days, values):
        vals = {"autopay_status": "eligible", **values}
        if days is not None:
            vals["autopay_date"] = self._get_day(days)
        if "autopay_hold_reason" in values:
            vals["autopay_hold_date"] = self._get_day(HOLD_DAYS)
        return vals

    def _get_day(self, days):
        return self.env.company._get_autopay_today() + timedelta(days=days)

    def _collect(self, move, outcome):
        """Take an invoice through an attempt with this outcome; nobody is called."""
        decision = self.env["autopay.decision"]._decide(move)[move]
        if decision.blocker:
            # Without the module of the Demo provider nothing can be charged.
            return
        move.autopay_status = "in_progress"
        attempt = self.env["autopay.engine"]._create_attempts(
            self._get_run(), [[decision]], RunContext()
        )
        attempt._set_charging()
        attempt._process(outcome)
        if attempt.state == "declined":
            attempt._process_withdrawal(None)
        self.env["autopay.booking"]._book(attempt)
        self.env["autopay.notification"]._notify(attempt)
        self._show_told(attempt)

    def _show_told(self, attempt):
        """Show the customer's mail as sent: nobody is written to of what never was."""
        about = [("res_model", "=", attempt._name), ("res_id", "=", attempt.id)]
        for notice in self.env["autopay.notice"].search(about):
            email = notice.partner_id.email_normalized
            sent_date = email and fields.Datetime.now()
            state = "sent" if email else "skipped"
            notice.write({"state": state, "email": email, "sent_date": sent_date})

    def _get_run(self):
        """Return the one run that these attempts were made by."""
        runs = self.env["autopay.run"]
        company = self.env.company
        return runs.search([("company_id", "=", company.id)], limit=1) or runs.create(
            {
                "name": self.env["ir.sequence"].next_by_code("autopay.run"),
                "company_id": company.id,
                "trigger": "scheduled",
                "state": "done",
                "date_end": fields.Datetime.now(),
                "selected_count": sum(bool(invoice[-1]) for invoice in INVOICES),
            }
        )
