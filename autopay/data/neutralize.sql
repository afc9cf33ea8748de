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
          AND name IN ('ir_cron_charge_due_invoices', 'ir_cron_resolve_open_attempts')
       );
