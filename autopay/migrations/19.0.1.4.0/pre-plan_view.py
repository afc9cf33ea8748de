"""Empty the view of plans on invoices, which is loaded after the one it extends."""


def migrate(cr, version):
    """Take away what names a field that is gone, until the view is loaded anew.

    The form of invoices is loaded before it, and is checked together with it.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(
        """
        UPDATE ir_ui_view
           SET arch_db = jsonb_build_object('en_US', '<data/>')
         WHERE arch_db::text LIKE '%autopay_can_plan%'
           AND id IN (SELECT res_id
                        FROM ir_model_data
                       WHERE module = 'autopay' AND model = 'ir.ui.view'
                         AND name = 'account_move_view_form_plan')
        """
    )
