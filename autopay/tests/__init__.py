from .attack import (
    test_access,
    test_attack_days,
    test_attack_defaults,
    test_attack_messages,
    test_attack_portal,
    test_attack_portal_held,
    test_attack_read,
    test_attack_readonly,
    test_attack_rpc,
    test_attack_rpc_methods,
    test_attack_webhook,
    test_autopay_configuration_attack,
)
from .attempt import (
    test_autopay_attempt,
    test_autopay_attempt_screen,
    test_autopay_double_success,
    test_autopay_entry,
    test_autopay_resolve,
    test_autopay_resolve_late,
    test_autopay_stage,
)
from .authorization import (
    test_autopay_authorization,
    test_autopay_consent_tour,
    test_autopay_consent_wizard,
    test_autopay_terms,
)
from .collect import test_autopay_collect, test_autopay_collect_void
from .company import (
    test_autopay_company_retry,
    test_autopay_clock,
    test_autopay_copied,
    test_autopay_database,
    test_autopay_first_steps,
    test_autopay_first_steps_tour,
    test_autopay_time_zone,
    test_neutralize,
    test_res_config_settings,
)
from .condition import (
    test_autopay_condition_domain,
    test_autopay_condition_kind,
    test_autopay_condition_number,
    test_autopay_condition_property,
    test_contradictions,
)
from .configuration import (
    test_autopay_allowed_kinds,
    test_autopay_configuration,
    test_autopay_configuration_cap,
    test_autopay_configuration_form,
    test_autopay_configuration_issue,
    test_autopay_configuration_portal,
    test_autopay_configuration_speed,
    test_autopay_configuration_tour,
)
from .confirmation import (
    test_confirmation_mail,
    test_portal_confirm,
    test_portal_confirm_tour,
    test_portal_pay,
)
from .credit import (
    test_autopay_credit_application,
    test_autopay_credit_companies,
    test_autopay_credit_invariant,
    test_autopay_open_credit,
)
from .customer import (
    test_autopay_partner_open,
    test_autopay_payer_glance,
    test_autopay_policy,
    test_payment_token,
    test_res_partner,
)
from .deadline import (
    test_autopay_deadline,
    test_autopay_deadline_attempt,
    test_autopay_deadline_discount,
    test_autopay_deadline_payment,
    test_autopay_open_list,
)
from .decision import (
    test_autopay_approval,
    test_autopay_blocker,
    test_autopay_bookable,
    test_autopay_charge_day,
    test_autopay_decision,
    test_autopay_judged_day,
    test_autopay_judgement,
    test_autopay_limit,
    test_autopay_provider_limit,
    test_payment_method,
)
from .dunning import test_autopay_dunning
from .engine import (
    test_autopay_books,
    test_autopay_combination,
    test_autopay_common_fault,
    test_autopay_crash,
    test_autopay_discount,
    test_autopay_engine,
    test_autopay_fairness,
    test_autopay_pace,
    test_autopay_resolver,
    test_autopay_run,
)
from .event import (
    test_autopay_event,
    test_autopay_method_reader,
    test_autopay_method_refusal,
    test_autopay_webhook,
    test_stripe_webhook,
    test_webhook_delivery,
)
from .fallback import test_autopay_fallback
from .forecast import (
    test_autopay_dry_run,
    test_autopay_dry_run_engine,
    test_autopay_dry_run_report,
    test_autopay_dry_run_trial,
    test_autopay_forecast_refresh,
    test_autopay_sheet,
)
from .gateways import (
    test_another_provider,
    test_money,
    test_odoo_gateway,
    test_stripe_answers,
    test_stripe_declines,
    test_stripe_faults,
    test_stripe_gateway,
    test_stripe_methods,
    test_stripe_reading,
    test_stripe_reports,
    test_stripe_reversals,
    test_stripe_session,
    test_stripe_setup_customers,
    test_stripe_setups,
)
from .guard import (
    test_autopay_guard,
    test_autopay_guard_ground,
    test_autopay_guard_payment,
    test_autopay_transaction_doubt,
    test_payment_transaction,
)
from .health import test_autopay_engine_health
from .invoice import (
    test_account_move,
    test_autopay_charge_now,
    test_autopay_charge_now_change,
    test_autopay_credit_note,
    test_autopay_move_action,
    test_autopay_move_date,
    test_autopay_payer,
    test_autopay_set_date,
    test_autopay_settled_by_hand,
    test_autopay_settlement,
    test_autopay_settlement_portal,
    test_autopay_surplus,
    test_autopay_unapplied,
)
from .matrix import (
    test_fault_matrix_books,
    test_fault_matrix_charge,
    test_fault_matrix_people,
    test_fault_matrix_reserve,
)
from .notice import (
    test_autopay_mail_dates,
    test_autopay_notice,
    test_autopay_notice_bad_input,
    test_autopay_notice_before,
    test_autopay_notice_expiring,
    test_autopay_notice_mail,
    test_autopay_notice_paper,
    test_autopay_receipt_rest,
)
from .notification import (
    test_autopay_alarm_access,
    test_autopay_refusal_notice,
)
from .ordinary import (
    test_autopay_demo,
    test_autopay_known,
    test_autopay_move_screen,
    test_autopay_presence,
    test_click_everywhere,
    test_every_screen,
    test_guards_page,
    test_menus,
    test_migration,
    test_off_is_off,
    test_screens,
    test_unfinished,
    test_wizard_onchange,
)
from .portal import (
    test_portal_fuzz,
    test_portal_safe,
    test_portal_speed,
    test_portal_stop,
    test_portal_tour,
    test_portal_invoice,
    test_portal_contacts,
    test_portal_coming,
    test_portal_consent,
    test_portal_home,
    test_portal_rules,
    test_portal_rules_tour,
)
from .reconciliation import (
    test_autopay_invariant,
    test_autopay_invariant_conduct,
    test_autopay_invariant_result,
    test_autopay_reconciliation,
    test_autopay_reconciliation_check,
    test_autopay_reconciliation_sheet,
)
from .removal import test_autopay_provider_archive, test_portal_removal
from .report import test_autopay_report
from .request import (
    test_autopay_method_request,
    test_autopay_request_tour,
    test_autopay_request_wizard,
    test_portal_request,
)
from .reversal import (
    test_autopay_discount_returned,
    test_autopay_dispute,
    test_autopay_refund_lost,
    test_autopay_reversal,
    test_autopay_reversal_booking,
    test_autopay_reversal_dispute,
    test_autopay_reversal_odoo,
    test_autopay_reversal_other,
    test_autopay_reversal_unread,
    test_autopay_reversal_watch,
)
from .schedules import (
    test_autopay_owed_property,
    test_autopay_parts,
    test_autopay_parts_property,
    test_autopay_parts_returned,
    test_autopay_plan,
    test_parts,
    test_plans,
)
from .series import (
    test_autopay_series,
    test_autopay_series_copies,
    test_autopay_series_count,
)
from .setup import (
    test_autopay_method_setup,
    test_autopay_provider_usage,
    test_autopay_setup_opener,
    test_autopay_setup_reader,
    test_autopay_setup_uses,
    test_autopay_setup_webhook,
    test_portal_methods,
    test_portal_methods_tour,
    test_portal_recollect,
)
from .statement import (
    test_autopay_statement,
    test_autopay_statement_property,
    test_autopay_statement_wizard,
    test_portal_statement,
)
from .overview import test_autopay_overview
from .status import test_autopay_status, test_autopay_status_limit
