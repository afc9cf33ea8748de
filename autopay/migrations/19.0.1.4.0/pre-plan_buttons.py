"""Take the buttons of payment plans off the form until they are loaded anew.

They name a field that is gone (*autopay_can_plan*). The form that they are part of is
loaded before them, and Odoo refuses a form of which a part names no field.
"""

EMPTY = """
    UPDATE ir_ui_view view
       SET arch_db = jsonb_build_object('en_US', '<data/>'), arch_updated = FALSE
      FROM ir_model_data data
     WHERE data.module = 'autopay' AND data.name = 'account_move_view_form_plan'
       AND data.model = 'ir.ui.view' AND data.res_id = view.id
       AND view.arch_db::text LIKE '%autopay_can_plan%'
"""


def migrate(cr, version):
    """Leave the view empty: the update fills it.

    :param str version: the version of the add-on that the database has now
    """
    cr.execute(EMPTY)
