-- A copy of a production database charges nobody.
UPDATE res_company
   SET autopay_enabled = false;
UPDATE ir_cron
   SET active = false
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE model = 'ir.cron'
          AND module = 'autopay'
          AND name IN (
              'ir_cron_charge_due_invoices',
              'ir_cron_resolve_open_attempts',
              'ir_cron_check_surplus',
              'ir_cron_send_requests',
              'ir_cron_send_notices',
              'ir_cron_report_failures'
          )
       );
-- It receives no messages of the provider's live account.
UPDATE payment_provider
   SET autopay_webhook_token = NULL,
       autopay_webhook_ref = NULL,
       autopay_webhook_account = NULL,
       autopay_webhook_secret = NULL,
       autopay_webhook_old_secret = NULL,
       autopay_webhook_old_until = NULL;
