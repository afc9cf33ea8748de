"""Queries of the invariants about order, limits, people and secrets (I11 to I20)."""

CONDUCT_QUERIES = {
    "I11": """
        SELECT 'autopay.attempt' AS res_model, b.id AS res_id,
               'sent while ' || a.name || ' was open' AS detail
          FROM autopay_attempt_line la
          JOIN autopay_attempt_line lb ON lb.move_id = la.move_id
           AND lb.attempt_id > la.attempt_id
          JOIN autopay_attempt a ON a.id = la.attempt_id
          JOIN autopay_attempt b ON b.id = lb.attempt_id
         WHERE b.charging_date IS NOT NULL AND a.resolution IS NULL
           AND (a.state NOT IN ('succeeded', 'declined', 'canceled')
                OR (a.state = 'declined' AND NOT coalesce(a.provider_closed, false))
                OR (a.state = 'succeeded' AND (a.booked_date IS NULL
                    OR a.booked_date > b.reserved_date + interval '1 minute')))""",
    "I12": """
        SELECT 'account.move' AS res_model, move_id AS res_id,
               count(*) || ' debits' AS detail
          FROM (SELECT l.move_id, l.part, (
                    -- Each part is a debt of its own, and so is the rest after a cap.
                    SELECT count(*)
                      FROM autopay_attempt_line n
                      JOIN autopay_attempt b ON b.id = n.attempt_id
                     WHERE n.move_id = l.move_id AND b.id < a.id
                       AND b.state = 'succeeded' AND b.rest_date IS NOT NULL) AS rests
                  FROM autopay_attempt_line l
                  JOIN autopay_attempt a ON a.id = l.attempt_id
                  JOIN payment_token t ON t.id = a.token_id
                  JOIN payment_method k ON k.id = t.payment_method_id
                 WHERE k.code = ANY(%(debit_codes)s) AND a.charging_date IS NOT NULL
                   AND a.state IN ('declined', 'succeeded', 'pending')) d
      GROUP BY move_id, coalesce(part, 0), rests HAVING count(*) > %(most_debits)s
         UNION ALL
        SELECT 'autopay.attempt', id, tries || ' declines of one method in '
               || %(decline_days)s || ' days'
          FROM (SELECT id, count(*) OVER (
                    PARTITION BY token_id ORDER BY charging_date
                    RANGE BETWEEN make_interval(days => %(decline_days)s) PRECEDING
                          AND CURRENT ROW) AS tries
                  FROM autopay_attempt
                 WHERE state = 'declined' AND charging_date IS NOT NULL) w
         WHERE tries > %(max_declines)s
         UNION ALL
        SELECT 'autopay.attempt', b.id, 'refused for good before, see ' || a.name
          FROM autopay_attempt a
          JOIN autopay_attempt b ON b.token_id = a.token_id
          JOIN autopay_authorization u ON u.id = b.authorization_id
         WHERE a.state = 'declined' AND a.decline_class = 'never'
           AND b.trigger = 'scheduled' AND b.charging_date IS NOT NULL
           AND b.reserved_date > a.outcome_date + interval '1 minute'
           AND u.date < a.outcome_date""",
    "I13": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               'sent ' || a.charging_date || ' for ' || m.autopay_date AS detail
          FROM autopay_attempt a
          JOIN autopay_attempt_line l ON l.attempt_id = a.id
          JOIN account_move m ON m.id = l.move_id
         WHERE a.state = 'succeeded' AND a.trigger = 'scheduled'
           AND m.autopay_status = 'success'
           -- The date is that of the next part, whoever pays that.
           AND coalesce(l.part, 0) = 0 AND a.rest_date IS NULL
           -- The date is that of the last charge: the rest of a cap, or of a raise.
           AND NOT EXISTS (
               SELECT FROM autopay_attempt_line n
                 JOIN autopay_attempt b ON b.id = n.attempt_id
                WHERE n.move_id = m.id AND b.state = 'succeeded' AND b.id > a.id)
           AND (a.charging_date AT TIME ZONE 'UTC'
                AT TIME ZONE (%(time_zones)s::jsonb ->> a.company_id::text))::date
               < m.autopay_date""",
    "I14": """
        SELECT 'autopay.run' AS res_model, a.run_id AS res_id,
               count(*) || ' charges on one invoice' AS detail
          FROM autopay_attempt a
          JOIN autopay_attempt_line l ON l.attempt_id = a.id
         WHERE a.run_id IS NOT NULL
      GROUP BY a.run_id, l.move_id HAVING count(*) > 1""",
    "I15": """
        SELECT 'autopay.run' AS res_model, id AS res_id,
               'running since ' || date_start AS detail
          FROM autopay_run
         WHERE state = 'running' AND date_start < {NOW} - interval '2 hours'
         UNION ALL
        SELECT 'ir.cron', c.id, 'failed ' || c.failure_count || ' times'
          FROM ir_cron c
          JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id
         WHERE d.module = 'autopay' AND c.failure_count > 0""",
    "I16": """
        SELECT 'account.move' AS res_model, res_id,
               'says one thing ' || count(*) || ' times' AS detail
          FROM mail_message
         WHERE model = 'account.move' AND body LIKE '%%autopay.attempt%%'
      GROUP BY res_id, md5(body) HAVING count(*) > 1
         UNION ALL
        SELECT 'autopay.attempt', a.id, 'nobody was told that it is ' || a.state
          FROM autopay_attempt a
         WHERE a.state IN ('succeeded', 'declined', 'pending', 'action_required')
           AND a.notified_state IS DISTINCT FROM a.state
           AND a.outcome_date < {NOW} - interval '1 hour' AND NOT {ALARMED}""",
    "I17": """
        SELECT 'mail.message' AS res_model, id AS res_id, 'a secret' AS detail
          FROM mail_message
         WHERE (body LIKE '%%\\_live\\_%%' OR body LIKE '%%\\_test\\_%%'
                OR body LIKE '%%whsec\\_%%' OR body LIKE '%%\\_secret\\_%%')
           AND body ~ '{SECRET_TEXT}'
         UNION ALL
        SELECT 'autopay.attempt', id, 'a secret or a card number'
          FROM autopay_attempt
         WHERE concat_ws(' ', message, response, booking_error) ~ '{SECRET_TEXT}'
            OR concat_ws(' ', message, booking_error) ~ '{CARD_NUMBER}'
         UNION ALL
        SELECT 'payment.transaction', t.id, 'a secret or a card number'
          FROM payment_transaction t
          JOIN autopay_attempt a ON a.transaction_id = t.id
         WHERE t.state_message ~ '{SECRET_TEXT}' OR t.state_message ~ '{CARD_NUMBER}'
         UNION ALL
        SELECT 'ir.config_parameter', id, 'a secret in ' || key
          FROM ir_config_parameter WHERE value ~ '{SECRET_TEXT}'""",
    "I18": """
        SELECT 'payment.token' AS res_model, token_id AS res_id,
               'charged in test mode and in live mode' AS detail
          FROM autopay_attempt
         WHERE response LIKE '{%%' AND response::jsonb ? 'livemode'
      GROUP BY token_id
        HAVING count(DISTINCT response::jsonb->>'livemode') > 1""",
    "I19": """
        SELECT 'autopay.reversal' AS res_model, r.id AS res_id,
               'gone since ' || r.event_date || ', invoice paid' AS detail
          FROM autopay_reversal r
          JOIN autopay_attempt_line l ON l.attempt_id = r.attempt_id
          JOIN account_move m ON m.id = l.move_id
         WHERE r.finding IN ('gone', 'lost') AND r.state = 'open'
           AND m.payment_state IN ('paid', 'in_payment')
           AND r.create_date < {NOW} - interval '1 hour'
         UNION ALL
        SELECT 'autopay.reversal', r.id,
               'booked by a payment of ' || p.amount || ' that is ' || p.state
          FROM autopay_reversal r
          JOIN account_payment p ON p.id = (
               SELECT max(id) FROM account_payment WHERE autopay_reversal_id = r.id)
     LEFT JOIN account_move m ON m.id = p.move_id
         WHERE p.state NOT IN ('in_process', 'paid') OR m.state <> 'posted'
            OR p.amount <> r.amount
         UNION ALL
        SELECT 'account.move', m.id, 'shown as collected, is ' || m.payment_state
          FROM account_move m
         WHERE m.autopay_status = 'success'
           AND (m.payment_state = 'not_paid'
                OR (m.payment_state = 'blocked' AND abs(m.amount_residual) > 0.001))
           AND NOT coalesce(m.autopay_refunded, false)
         UNION ALL
        SELECT CASE WHEN k.id IS NULL THEN 'autopay.attempt'
               ELSE 'autopay.reversal.poll' END, coalesce(k.id, min(a.id)),
               'refunds and disputes unread since '
               || coalesce(k.complete_date, min(a.charging_date))
          FROM autopay_attempt a
          JOIN payment_provider v ON v.id = a.provider_id
     LEFT JOIN autopay_reversal_poll k ON k.provider_id = v.id
         WHERE v.code = ANY(%(watched_codes)s) AND %(watching)s
           AND a.charging_date IS NOT NULL
           AND a.company_id <> ALL(%(copied_ids)s::int[])
      GROUP BY v.id, k.id
        HAVING coalesce(k.complete_date, min(a.charging_date))
               < {NOW} - interval '1 hour' * %(unread_hours)s
           AND (v.state <> 'disabled' OR max(a.charging_date)
                > {NOW} - interval '1 day' * %(abandoned_days)s)""",
    "I20": """
        SELECT 'autopay.attempt' AS res_model, a.id AS res_id,
               'declined without a reason' AS detail
          FROM autopay_attempt a
         WHERE a.state = 'declined' AND coalesce(a.decline_class, '') = ''
           AND coalesce(a.decline_code, '') = ''
         UNION ALL
        SELECT 'autopay.attempt', a.id, a.state || ' without a next step'
          FROM autopay_attempt a
         WHERE a.next_check_date IS NULL
           AND (a.state NOT IN ('succeeded', 'declined', 'canceled')
                OR (a.state = 'succeeded' AND a.booked_date IS NULL))
         UNION ALL
        SELECT 'autopay.attempt', a.id, 'contradicted, and nobody was called'
          FROM autopay_attempt a
         WHERE a.mismatch AND a.outcome_date < {NOW} - interval '26 hours'
           AND NOT {ALARMED}
         UNION ALL
        SELECT 'account.move', m.id, 'failed without a charge'
          FROM account_move m
         WHERE m.autopay_status = 'error' AND NOT EXISTS (
               SELECT FROM autopay_attempt_line l WHERE l.move_id = m.id)""",
}
