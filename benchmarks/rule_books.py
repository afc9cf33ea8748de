"""Fills a database with due invoices of customers who have configurations."""

from datetime import timedelta

from benchmarks.invoice_copies import multiply_invoices

CONFIGURATIONS = 5
CONDITIONS = 3
SECRET_KEY = "sk_test_benchmark"  # noqa: S105

# Values of the copies: customer by customer in turn, amounts from 100.00 on.
INVOICE_VALUES = {
    "partner_id": "({partners})[1 + c.k % {count}]",
    "commercial_partner_id": "({partners})[1 + c.k % {count}]",
    "autopay_payer_id": "({partners})[1 + c.k % {count}]",
    "ref": "'PO ' || c.k",
    "amount_total": "100 + c.k % 500",
    "amount_residual": "100 + c.k % 500",
    "autopay_status": "'eligible'",
    "autopay_date": "o.invoice_date_due",
}
# For the configuration number {n} of a customer: (kind, operator, number, text). The
# last one matches every invoice, those before it fewer and fewer.
CONDITION_ROWS = [
    ("amount_total", ">=", "700 - {n} * 120 + {own} / 1000000.0", "NULL"),
    ("age", ">=", "20 - {n} - mod({own}, 3000)", "NULL"),
    ("line_text", "contains", "0", "'Service;' || {own} || '.' || {n}"),
]


def fill_rules(env, invoices, customers, distinct):
    """Create due invoices and configurations; return the invoices.

    :param bool distinct: whether each customer's conditions have values of their own
    """
    provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
    provider.write(
        {
            "state": "test",
            "allow_tokenization": True,
            "stripe_publishable_key": "pk_test_benchmark",
            "stripe_secret_key": SECRET_KEY,
        }
    )
    env.ref("payment.payment_method_visa").active = True
    env.company.write({"autopay_enabled": True, "autopay_policy": "manual"})
    partners = env["res.partner"].create(
        [{"name": f"Customer {number}"} for number in range(customers)]
    )
    _create_tokens(env, provider, partners)
    original = create_invoice(env, partners[0])
    env.flush_all()
    values = _format(INVOICE_VALUES, partners)
    multiply_invoices(env.cr, original.ids, invoices, values)
    _create_configurations(env, partners, distinct)
    env.invalidate_all()
    return env["account.move"].search([("autopay_status", "=", "eligible")])


def create_invoice(env, partner):
    """Create and post an invoice that is a month old."""
    day = env.company._get_autopay_today() - timedelta(days=30)
    line = {"name": "Service", "price_unit": 100.0, "tax_ids": []}
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    invoice.action_post()
    return invoice


def _format(values, partners):
    ids = f"ARRAY{partners.ids}"
    return {
        column: text.format(partners=ids, count=len(partners))
        for column, text in values.items()
    }


def _create_tokens(env, provider, partners):
    """Create a saved card for each customer, which staff has authorized."""
    method = env.ref("payment.payment_method_visa")
    tokens = env["payment.token"].create(
        [
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "partner_id": partner.id,
                "provider_ref": f"cus_{partner.id}",
                "stripe_payment_method": f"pm_{partner.id}",
                "payment_details": "4242",
            }
            for partner in partners
        ]
    )
    for token in tokens:
        env["autopay.authorization"]._record(
            token.partner_id, env.company, token, "staff"
        )


def _create_configurations(env, partners, distinct):
    """Write the rows that Odoo would write, of some thousand configurations."""
    cr = env.cr
    cr.execute(
        """INSERT INTO autopay_configuration
                  (partner_id, company_id, token_id, sequence, enabled, currency_id,
                   cap_rule)
           SELECT p.id, %s, t.id, n, true, %s, 'skip'
             FROM res_partner p JOIN payment_token t ON t.partner_id = p.id
                  CROSS JOIN generate_series(1, %s) n
            WHERE p.id = ANY(%s)""",
        [env.company.id, env.company.currency_id.id, CONFIGURATIONS, partners.ids],
    )
    names = {"n": "sequence", "own": "partner_id" if distinct else "0"}
    for kind, operator, number, text in CONDITION_ROWS:
        cr.execute(
            f"""INSERT INTO autopay_configuration_condition
                       (configuration_id, kind, operator, sequence, currency_id,
                        number, number_to, text)
                SELECT id, '{kind}', '{operator}', 1, currency_id,
                       {number.format(**names)}, 0, {text.format(**names)}
                  FROM autopay_configuration WHERE partner_id = ANY(%s)""",
            [partners.ids],
        )
    cr.execute("ANALYZE autopay_configuration, autopay_configuration_condition")
