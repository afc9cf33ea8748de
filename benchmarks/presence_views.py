"""The requests of the web client to the server when it shows a view.

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

    spec = Form(records, view)._view["fields_spec"]
    found = records.get_views([(records.env.ref(view).id, "form")])
    tree = etree.fromstring(found["views"]["form"]["arch"])
    for node in tree.xpath("//field[not(ancestor::field)]"):
        # Of lines, tests read the form that opens one; the client, what is shown.
        if node.get("name") in spec and node.xpath("./*//field"):
            spec[node.get("name")]["fields"] = _get_line_spec(node)
    return _with_names(records, spec)


def _get_line_spec(node):
    """Return the specification of the lines that a field shows."""
    from odoo.tests.form import get_static_context

    spec = {}
    for field in node.xpath("./*//field"):
        if next(field.iterancestors("field")) is node:
            context = get_static_context(field.get("context") or "{}")
            spec[field.get("name")] = {"context": context} if context else {}
    return spec


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
