"""The query of the invariant about what customers owe altogether (I21)."""

# Charges of customers who are owed money now that was open in their favour before the
# charge: it was open for good. What became open later breaches nothing: items posted
# later, and payments and credit notes of invoices that were reset or cancelled later.
# A person's word counts as everywhere: money kept aside, or passed over for an invoice.
CREDIT_QUERIES = {
    "I21": """
        SELECT 'res.partner' AS res_model, a.partner_id AS res_id,
               round(min(owed.amount), 2) || ' more than was owed: charged '
               || string_agg(DISTINCT a.name, ', ') || ' beside '
               || string_agg(DISTINCT m.name, ', ') AS detail
          FROM account_move_line n
          JOIN account_account r
            ON r.id = n.account_id AND r.account_type = 'asset_receivable'
          JOIN account_move m ON m.id = n.move_id
          JOIN res_partner p ON p.id = n.partner_id
          JOIN res_company c ON c.id = n.company_id
          JOIN autopay_attempt a ON a.partner_id = p.commercial_partner_id
           AND a.state IN ('succeeded', 'pending') AND a.charging_date > n.create_date
          JOIN res_company d ON d.id = a.company_id
           AND split_part(d.parent_path, '/', 1) = split_part(c.parent_path, '/', 1)
          JOIN autopay_attempt_line l ON l.attempt_id = a.id
          JOIN account_move i ON i.id = l.move_id
     LEFT JOIN {GONE} g ON g.attempt_id = a.id
     LEFT JOIN account_payment y ON y.move_id = m.id
     LEFT JOIN autopay_attempt w ON w.transaction_id = y.payment_transaction_id
    CROSS JOIN LATERAL (
               SELECT -sum(o.amount_residual) AS amount
                 FROM account_move_line o
                 JOIN account_account s
                   ON s.id = o.account_id AND s.account_type = 'asset_receivable'
                 JOIN res_partner q ON q.id = o.partner_id
                 JOIN res_company e ON e.id = o.company_id
                WHERE q.commercial_partner_id = a.partner_id
                  AND o.parent_state = 'posted' AND o.reconciled IS NOT TRUE
                  AND split_part(e.parent_path, '/', 1)
                      = split_part(c.parent_path, '/', 1)) owed
         WHERE n.reconciled IS NOT TRUE AND n.parent_state = 'posted'
           AND n.amount_residual < -0.001 AND n.amount_residual_currency < 0
           AND owed.amount > 0.001
           AND coalesce(g.minor, 0) < a.amount_minor
           AND coalesce((i.autopay_waived_credit
                         ->> ('account.move.line,' || n.id))::numeric, 0)
               < -n.amount_residual_currency - 0.001
           AND (w.id IS NULL OR (
                i.autopay_open_confirmed_by_id IS NULL
                AND (w.aside_date IS NULL
                     OR w.aside_amount + (
                        SELECT sum(coalesce(s.discount_amount, 0))
                          FROM autopay_attempt_line s WHERE s.attempt_id = w.id)
                        < -n.amount_residual_currency - 0.001)))
           AND (m.reversed_entry_id = i.id OR NOT EXISTS (
                SELECT FROM mail_message x
                  JOIN mail_tracking_value v ON v.mail_message_id = x.id
                  JOIN ir_model_fields f ON f.id = v.field_id
                 WHERE x.model = 'account.move' AND x.res_id = m.id
                   AND f.model = 'account.move' AND f.name = 'state'
                   AND x.date >= a.charging_date))
           AND NOT EXISTS (
               SELECT FROM account_move j
                WHERE j.write_date >= a.charging_date AND j.id <> i.id
                  AND j.state <> 'posted'
                  AND (j.id = m.reversed_entry_id
                       OR EXISTS (SELECT FROM account_move__account_payment k
                                   WHERE k.payment_id = y.id AND k.invoice_id = j.id)
                       OR EXISTS (SELECT FROM autopay_attempt_line k
                                   WHERE k.attempt_id = w.id AND k.move_id = j.id)))
      GROUP BY a.partner_id, split_part(c.parent_path, '/', 1)""",
}
