"""Queries of the invariants about money, states and permission (I1 to I10)."""

# Payments of an invoice that autopay collected: its own, what came back of it, and
# those of others. What pays nothing, while the invoice is paid, is too much.
SURPLUS_QUERY = """
  SELECT 'account.move' AS res_model, m.id AS res_id,
         round(sum(p.spare), 3) || ' collected that are not owed' AS detail
    FROM account_move m
    JOIN (SELECT l.move_id, t.payment_id
            FROM autopay_attempt_line l
            JOIN autopay_attempt a ON a.id = l.attempt_id
            JOIN payment_transaction t ON t.id = a.transaction_id
           WHERE a.booked_date IS NOT NULL
           UNION
          SELECT l.move_id, p.id
            FROM autopay_attempt_line l
            JOIN autopay_reversal r ON r.attempt_id = l.attempt_id
            JOIN account_payment p ON p.autopay_reversal_id = r.id
           UNION
          SELECT i.invoice_id, t.payment_id
            FROM account_invoice_transaction_rel i
            JOIN payment_transaction t ON t.id = i.transaction_id
           WHERE t.state = 'done' AND t.operation NOT IN ('refund', 'validation')
             AND EXISTS (SELECT FROM autopay_attempt_line l
                           JOIN autopay_attempt a ON a.id = l.attempt_id
                          WHERE l.move_id = i.invoice_id
                            AND a.booked_date IS NOT NULL)
         ) x ON x.move_id = m.id
    JOIN (SELECT p.id, CASE WHEN p.move_id IS NULL THEN p.amount
                 ELSE -sum(n.amount_residual_currency) - coalesce((
                      SELECT sum(o.amount_residual_currency)
                        FROM account_payment q
                        JOIN account_move_line o ON o.move_id = q.move_id
                         AND o.account_id = q.destination_account_id
                         AND o.parent_state = 'posted'
                       WHERE q.source_payment_id = p.id
                         AND q.payment_type = 'outbound'), 0)
                 END AS spare
            FROM account_payment p
       LEFT JOIN account_move_line n ON n.move_id = p.move_id
             AND n.account_id = p.destination_account_id
             AND n.parent_state = 'posted'
           WHERE p.payment_type = 'inbound'
             AND p.state IN ('in_process', 'paid')
        GROUP BY p.id) p ON p.id = x.payment_id
   WHERE p.spare > 0.001
     AND (m.state <> 'posted' OR abs(m.amount_residual) < 0.001)
GROUP BY m.id"""

MONEY_QUERIES = {
    "I1": """
        SELECT 'account.move' AS res_model, l.move_id AS res_id,
               'charged ' || round(sum({KEPT}), 3) || ' of ' || m.amount_total AS detail
          FROM autopay_attempt_line l
          JOIN autopay_attempt a ON a.id = l.attempt_id
          JOIN account_move m ON m.id = l.move_id
     LEFT JOIN {GONE} g ON g.attempt_id = a.id
         WHERE a.state IN ('succeeded', 'pending')
      GROUP BY l.move_id, m.amount_total
        HAVING sum({KEPT}) > m.amount_total + 0.001
         UNION ALL
        SELECT 'autopay.attempt', c.attempt_id,
               'charged ' || round(k.kept, 3) || ' of ' || t.total
               || ' for what was charged together'
          FROM (SELECT attempt_id FROM autopay_attempt_line
              GROUP BY attempt_id HAVING count(*) > 1) c
    CROSS JOIN LATERAL (
               SELECT sum(m.amount_total) AS total
                 FROM autopay_attempt_line l JOIN account_move m ON m.id = l.move_id
                WHERE l.attempt_id = c.attempt_id) t
    CROSS JOIN LATERAL ({KEPT_TOGETHER}) k
         WHERE k.kept > t.total + 0.001""",
    "I2": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               coalesce(p.number, 0) || ' payments' AS detail
          FROM autopay_attempt a
     LEFT JOIN {POSTED} p ON p.transaction_id = a.transaction_id
         WHERE a.state = 'succeeded' AND a.booked_date IS NOT NULL
           AND (coalesce(p.number, 0) <> 1 OR p.low <> a.amount OR p.high <> a.amount
                OR p.currency_id <> a.currency_id)
         UNION ALL
        SELECT 'autopay.attempt', a.id, 'discount of ' || d.discount
               || ', booked ' || coalesce(b.paid - a.amount, 0)
          FROM autopay_attempt a
          JOIN (SELECT attempt_id, sum(discount_amount) AS discount
                  FROM autopay_attempt_line WHERE discount_amount <> 0
              GROUP BY attempt_id) d ON d.attempt_id = a.id
          JOIN {POSTED} p ON p.transaction_id = a.transaction_id
     LEFT JOIN LATERAL (
               SELECT -sum(n.amount_currency) AS paid
                 FROM account_payment y
                 JOIN account_move_line n ON n.move_id = y.move_id
                  AND n.account_id = y.destination_account_id
                WHERE y.id = p.id) b ON true
         WHERE a.state = 'succeeded' AND a.booked_date IS NOT NULL
           AND abs(coalesce(b.paid, 0) - a.amount - d.discount) > 0.001
         UNION ALL
        SELECT 'autopay.attempt', max(id), 'transaction of ' || count(*) || ' attempts'
          FROM autopay_attempt GROUP BY transaction_id HAVING count(*) > 1""",
    "I3": """
        SELECT 'account.payment' AS res_model, p.id AS res_id,
               'attempt ' || a.name || ' is ' || a.state AS detail
          FROM autopay_attempt a
          JOIN {POSTED} p ON p.transaction_id = a.transaction_id
         WHERE a.state <> 'succeeded'""",
    "I4": """
        SELECT 'account.move' AS res_model, move_id AS res_id,
               count(*) || ' live attempts' AS detail
          FROM autopay_attempt_line WHERE live GROUP BY move_id HAVING count(*) > 1
         UNION ALL
        SELECT 'autopay.attempt.line', 0, 'the unique index is missing'
         WHERE NOT EXISTS (
               SELECT FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid
                WHERE k.relname = 'autopay_attempt_line_live_move_uniq'
                  AND i.indisunique AND i.indisvalid)""",
    "I5": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               a.state || ' since ' || a.reserved_date AS detail
          FROM autopay_attempt a
          JOIN payment_token t ON t.id = a.token_id
          JOIN payment_method k ON k.id = t.payment_method_id
         WHERE a.state IN ('reserved', 'prepared', 'charging', 'unknown', 'pending',
                           'action_required')
           AND (a.next_check_date IS NULL
                OR a.next_check_date < {NOW} - interval '2 hours'
                OR a.reserved_date < {NOW} - CASE
                   WHEN a.state = 'pending' AND k.code = 'ach_direct_debit'
                   THEN interval '16 days'
                   WHEN a.state = 'pending' THEN interval '30 days'
                   WHEN a.state = 'action_required'
                   THEN a.confirm_deadline - a.reserved_date + interval '2 days'
                   WHEN a.state = 'unknown' THEN interval '26 hours'
                   ELSE interval '2 hours' END)
           AND NOT {ALARMED}
         UNION ALL
        SELECT 'account.move', m.id, 'in progress without a charge'
          FROM account_move m
         WHERE m.autopay_status = 'in_progress' AND NOT EXISTS (
               SELECT FROM autopay_attempt_line l WHERE l.move_id = m.id AND l.live)
         UNION ALL
        SELECT 'autopay.attempt', a.id, a.state || ' and still holds its invoice'
          FROM autopay_attempt a JOIN autopay_attempt_line l ON l.attempt_id = a.id
         WHERE l.live AND (a.booked_date IS NOT NULL OR a.provider_closed
                           AND a.state IN ('declined', 'canceled'))
           AND coalesce(a.outcome_date, a.reserved_date) < {NOW} - interval '1 hour'""",
    "I6": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               'collected ' || a.outcome_date || ', not booked' AS detail
          FROM autopay_attempt a
         WHERE a.state = 'succeeded' AND a.booked_date IS NULL
           AND a.outcome_date < {NOW} - interval '1 hour' AND NOT {ALARMED}
         UNION ALL
        SELECT s.* FROM ({SURPLUS}) s
         WHERE NOT EXISTS (
               SELECT FROM autopay_attempt a
                 JOIN autopay_attempt_line l ON l.attempt_id = a.id
                WHERE {ALARMED} AND (l.move_id = s.res_id OR l.move_id IN (
                      SELECT o.invoice_id FROM account_invoice_transaction_rel i
                        JOIN account_invoice_transaction_rel o
                          ON o.transaction_id = i.transaction_id
                       WHERE i.invoice_id = s.res_id)))""",
    "I7": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               CASE WHEN u.id IS NULL THEN 'no authorization'
                    WHEN u.token_id <> a.token_id THEN 'authorized another method'
                    WHEN u.company_id <> a.company_id THEN 'authorized another company'
                    WHEN u.date > a.charging_date THEN 'authorized later'
                    WHEN u.revoked_date < a.charging_date THEN 'revoked before'
                    ELSE 'above the cap' END AS detail
          FROM autopay_attempt a
     LEFT JOIN autopay_authorization u ON u.id = a.authorization_id
         WHERE a.charging_date IS NOT NULL
           AND (u.id IS NULL OR u.token_id <> a.token_id
                OR u.company_id <> a.company_id
                OR u.date > a.charging_date + interval '1 minute'
                OR u.revoked_date < a.charging_date - interval '1 minute'
                OR (u.max_amount > 0 AND {WORTH} > u.max_amount + {SLACK}))
         UNION ALL
        SELECT 'autopay.attempt', b.id, 'above the limit per month'
          FROM autopay_attempt b
          JOIN autopay_authorization u ON u.id = b.authorization_id
          JOIN LATERAL (
               SELECT sum({WORTH}) AS spent, sum({SLACK}) AS slack
                 FROM autopay_attempt a
                WHERE a.company_id = b.company_id AND a.partner_id = b.partner_id
                  AND a.token_id = b.token_id AND a.id <= b.id
                  AND a.state NOT IN ('declined', 'canceled')
                  AND date_trunc('month', {DAY}) = date_trunc('month',
                      b.reserved_date AT TIME ZONE 'UTC' AT TIME ZONE (
                      %(time_zones)s::jsonb ->> b.company_id::text))) s ON true
         WHERE b.charging_date IS NOT NULL AND u.max_month_amount > 0
           AND b.state NOT IN ('declined', 'canceled')
           AND s.spent > u.max_month_amount + s.slack""",
    "I8": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               CASE WHEN NOT t.active THEN 'method archived before'
                    WHEN v.state = 'disabled' THEN 'provider disabled before'
                    WHEN NOT o.active THEN 'company archived before'
                    ELSE 'method paused before' END AS detail
          FROM autopay_attempt a
          JOIN payment_token t ON t.id = a.token_id
          JOIN payment_provider v ON v.id = a.provider_id
          JOIN res_company o ON o.id = a.company_id
         WHERE (NOT t.active AND t.write_date < a.charging_date - interval '1 minute')
            OR (v.state = 'disabled'
                AND v.write_date < a.charging_date - interval '1 minute')
            OR (NOT o.active AND o.write_date < a.charging_date - interval '1 minute')
            OR t.autopay_paused_date < a.charging_date - interval '1 minute'""",
    "I9": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               a.amount || ' ' || c.name || ', ' || a.amount_minor || ' minor, sent '
               || coalesce(a.prepare_params->>'amount', '-') || ', transaction '
               || t.amount AS detail
          FROM autopay_attempt a
          JOIN res_currency c ON c.id = a.currency_id
          JOIN payment_transaction t ON t.id = a.transaction_id
          JOIN payment_provider v ON v.id = a.provider_id
     LEFT JOIN (SELECT attempt_id, sum(amount) AS amount FROM autopay_attempt_line
              GROUP BY attempt_id) l ON l.attempt_id = a.id
         WHERE round(a.amount * power(10, {DECIMALS})) <> a.amount_minor
            OR (a.prepare_params->>'amount')::numeric <> a.amount_minor
            OR a.prepare_params->>'currency' <> lower(c.name)
            OR t.amount <> a.amount OR t.currency_id <> a.currency_id
            OR coalesce(l.amount, 0) <> a.amount
            OR (a.response LIKE '{%%'
                AND (a.response::jsonb->>'amount')::numeric <> a.amount_minor)
            OR (a.response LIKE '{%%' AND a.state = 'succeeded'
                AND (a.response::jsonb->>'amount_received')::numeric
                    <> a.amount_minor)""",
    "I10": """
        SELECT 'autopay.attempt' AS res_model, max(id) AS res_id,
               'one key for ' || count(*) || ' requests' AS detail
          FROM (SELECT id, unnest(ARRAY[prepare_key, charge_key]) AS key
                  FROM autopay_attempt) k
         WHERE key <> '' GROUP BY key HAVING count(*) > 1""",
}
