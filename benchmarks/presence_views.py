"""What the web client asks the server for when it shows a view.

It reads every field that is in the view for this user, also of hidden columns and of
pages that are not open (``getFieldsSpec`` of Odoo's relational model).
"""

from lxml import etree


def get_list_spec(records, view):
    """Return the specification of a list for ``web_search_read``.

    :param records: of the model, with the user and the context of the action
    :param str view: its xml id
    """
    found = records.get_views([(records.env.ref(view).id, "list")])
    tree = etree.fromstring(found["views"]["list"]["arch"])
    names = [node.get("name") for node in tree.xpath("/list//field")]
    return _with_names(records, {name: {} for name in names})


def get_form_spec(records, view):
    """Return the specification of a form for ``web_read`` and ``onchange``."""
    # Odoo is on the path once its environment is there.
    from odoo.tests import Form

    form = Form(records, view)
    return _with_names(records, form._view["fields_spec"])


def _with_names(records, spec):
    """Return the specification with the names of linked records, which are shown."""
    full = {}
    for name, asked in spec.items():
        field = records._fields[name]
        full[name] = asked
        if field.type == "many2one":
            full[name] = {"fields": {"display_name": {}}, **asked}
        elif asked.get("fields"):
            linked = records.env[field.comodel_name]
            full[name] = {**asked, "fields": _with_names(linked, asked["fields"])}
    return full
