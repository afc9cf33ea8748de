"""Have receipts say what is left of an invoice that was paid in part."""

import json

STEP = (
    '\n    <p t-if="object.next_step" style="margin: 0px 0px 12px 0px;" '
    't-out="object.next_step">You do not need to do anything.</p>'
)
# The last to write it was the installation: nobody has edited it.
FIND = """
    SELECT template.id, template.body_html
      FROM mail_template template
      JOIN ir_model_data data
        ON data.model = 'mail.template' AND data.res_id = template.id
     WHERE data.module = 'autopay' AND data.name = 'mail_template_receipt'
       AND template.write_uid = 1
       AND template.body_html IS NOT NULL
"""


def migrate(cr, version):
    """Add the sentence to the template, unless somebody has written one of his own.

    :param str version: the version of the add-on that the database has now
    """
    if not version:
        return
    cr.execute(FIND)
    for template_id, bodies in cr.fetchall():
        changed = {lang: add_step(body) for lang, body in bodies.items()}
        cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            [json.dumps(changed), template_id],
        )


def add_step(body):
    """Return the text of a mail with the sentence below its table.

    :param str body: as it is; one that has the sentence, or several tables, stays so
    """
    if not body or "next_step" in body or body.count("</table>") != 1:
        return body
    return body.replace("</table>", f"</table>{STEP}")
