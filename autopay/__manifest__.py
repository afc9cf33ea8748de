{
    "name": "Autopay",
    "summary": "Collect due customer invoices by themselves, exactly once",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Autopay contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": ["account_payment", "payment_stripe"],
    "external_dependencies": {"python": ["stripe"]},
    "data": [
        # Rights first: everything below is shown under them.
        "security/ir.model.access.csv",
        "security/autopay_security.xml",
        # Sequences, scheduled actions, activity types.
        "data/ir_sequence_data.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_data.xml",
        "data/autopay_reconciliation_data.xml",
        # Screens: the actions come before the views and menus that open them.
        "wizards/account_payment_register_views.xml",
        "wizards/autopay_charge_now_views.xml",
        "wizards/autopay_invariant_result_views.xml",
        "wizards/autopay_policy_views.xml",
        "wizards/autopay_resolve_views.xml",
        "wizards/autopay_set_date_views.xml",
        "views/autopay_attempt_views.xml",
        "views/autopay_run_views.xml",
        "report/autopay_reconciliation_report.xml",
        "views/autopay_reconciliation_views.xml",
        "views/autopay_authorization_views.xml",
        "views/autopay_event_views.xml",
        "views/account_move_views.xml",
        "views/account_portal_templates.xml",
        "views/res_partner_views.xml",
        "views/payment_provider_views.xml",
        "views/payment_transaction_views.xml",
        "views/res_config_settings_views.xml",
        "views/autopay_reversal_views.xml",
        "views/autopay_menus.xml",
        # Actions on many invoices.
        "data/ir_actions_server_data.xml",
    ],
    "demo": [
        # Customers first: tokens and invoices are theirs.
        "demo/res_partner_demo.xml",
        "demo/autopay_demo.xml",
    ],
}
