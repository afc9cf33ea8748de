"""Have mails of older databases say days in letters, as those of new ones do."""

import json

# 12/07 is in July to some customers. Each replacement stands in the templates of today.
DATES = {
    "mail_template_consent": ("object.agreed_date",),
    "mail_template_statement": ("ctx.get('autopay_first')", "ctx.get('autopay_last')"),
}
# The last to write it was the installation: nobody has edited it.
FIND = """
    SELECT template.id, data.name, template.body_html
      FROM mail_template template
      JOIN ir_model_data data
        ON data.model = 'mail.template' AND data.res_id = template.id
     WHERE data.module = 'autopay' AND data.name IN %s
       AND template.write_uid = 1
       AND template.body_html IS NOT NULL
"""


def migrate(cr, version):
    """Change how days are written, unless somebody has written a text of his own.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(FIND, [tuple(DATES)])
    for template_id, name, bodies in cr.fetchall():
        changed = {lang: put_in_letters(body, name) for lang, body in bodies.items()}
        cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            [json.dumps(changed), template_id],
        )


def put_in_letters(body, name):
    """Return the text of a mail with its days as in *Nov 26, 2026*.

    :param str body: as it is; one without text, or a day that says its form already,
        stays so
    :param str name: the template, a key of DATES
    """
    if not body:
        return body
    for day in DATES[name]:
        body = body.replace(
            f"format_date({day})", f"format_date({day}, date_format='medium')"
        )
    return body
