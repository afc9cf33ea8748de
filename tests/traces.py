"""Traces of an add-on in a database: structure, and Odoo's records about it."""

from collections import Counter

from tools.postgres import execute

# Each selects one text for each thing; ids differ between databases and are left out.
FACTS = {
    "columns": """
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable,
                         column_default)
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "relations": """
        SELECT concat_ws(' ', relkind, relname) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace""",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT concat_ws(' ', tgrelid::regclass, tgname) FROM pg_trigger
         WHERE NOT tgisinternal""",
    "ir_model": "SELECT model FROM ir_model",
    "ir_model_fields": "SELECT concat_ws(' ', model, name) FROM ir_model_fields",
    "ir_model_fields_selection": """
        SELECT concat_ws(' ', f.model, f.name, s.value)
          FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id
        """,
    "ir_model_inherit": """
        SELECT concat_ws(' ', m.model, p.model) FROM ir_model_inherit i
          JOIN ir_model m ON m.id = i.model_id JOIN ir_model p ON p.id = i.parent_id""",
    "ir_model_constraint": """
        SELECT concat_ws(' ', m.name, c.name, c.type, c.definition)
          FROM ir_model_constraint c JOIN ir_module_module m ON m.id = c.module""",
    "ir_model_relation": "SELECT name FROM ir_model_relation",
    "ir_model_data": "SELECT concat_ws(' ', module, name, model) FROM ir_model_data",
    "ir_model_access": "SELECT name FROM ir_model_access",
    "ir_rule": "SELECT name FROM ir_rule",
    "ir_default": "SELECT json_value FROM ir_default",
    "ir_ui_view": "SELECT concat_ws(' ', key, name, model) FROM ir_ui_view",
    "ir_ui_menu": "SELECT name ->> 'en_US' FROM ir_ui_menu",
    "ir_actions": "SELECT concat_ws(' ', type, name ->> 'en_US') FROM ir_actions",
    "ir_cron": "SELECT concat_ws(' ', cron_name, active) FROM ir_cron",
    "ir_sequence": "SELECT concat_ws(' ', code, prefix) FROM ir_sequence",
    "ir_config_parameter": """
        SELECT key FROM ir_config_parameter WHERE key NOT LIKE 'base\\_setup%'""",
    "ir_asset": "SELECT name FROM ir_asset",
    "ir_filters": "SELECT concat_ws(' ', model_id, name) FROM ir_filters",
    "ir_exports": "SELECT resource FROM ir_exports",
    "ir_exports_line": "SELECT name FROM ir_exports_line",
    "report_paperformat": "SELECT name FROM report_paperformat",
    "res_groups": "SELECT name ->> 'en_US' FROM res_groups",
    "mail_activity_type": "SELECT name ->> 'en_US' FROM mail_activity_type",
    "mail_message_subtype": "SELECT name ->> 'en_US' FROM mail_message_subtype",
    # Of records whose model is not there any more.
    "mail_message": """
        SELECT model FROM mail_message
         WHERE model NOT IN (SELECT model FROM ir_model)""",
    "mail_followers": """
        SELECT res_model FROM mail_followers
         WHERE res_model NOT IN (SELECT model FROM ir_model)""",
    "mail_activity": """
        SELECT res_model FROM mail_activity
         WHERE res_model NOT IN (SELECT model FROM ir_model)""",
    "ir_attachment": """
        SELECT concat_ws(' ', res_model, name) FROM ir_attachment
         WHERE res_model NOT IN (SELECT model FROM ir_model)""",
}
# Odoo's own records: who wrote them last may change, what they say may not.
TABLES = (
    "account_journal",
    "account_move",
    "account_move_line",
    "account_payment",
    "account_payment_method_line",
    "payment_provider",
    "payment_token",
    "payment_transaction",
    "res_company",
    "res_partner",
)


def read_facts(database):
    """Return {name of a kind of fact: how often it is there, by its text}."""
    return {
        name: Counter(str(text) for (text,) in execute(query, database=database))
        for name, query in FACTS.items()
    }


def read_records(database):
    """Return {table: {id: all its columns as a dict}}."""
    return {
        table: dict(
            execute(
                f"SELECT id, to_jsonb(t) - 'write_date' - 'write_uid' FROM {table} t",
                database=database,
            )
        )
        for table in TABLES
    }


def get_differences(before, after):
    """Return {kind: (what is there more, what is missing)}, kinds that differ only."""
    return {
        name: (
            sorted((after[name] - before[name]).elements()),
            sorted((before[name] - after[name]).elements()),
        )
        for name in FACTS
        if after[name] != before[name]
    }
