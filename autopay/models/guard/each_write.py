def write_each(records, columns):
    """Write on each record values of its own, then see what depends on all of them.

    The steps are those of Odoo's `write`, which knows only one value for all, and looks
    each time for everything that depends on a record. No override of `write` is called,
    and what depends on empty references is looked for once they are filled.

    :param records: records of one model
    :param dict columns: {name of a stored field without an inverse: a value for each
        record, in their order}
    """
    if not records:
        return
    names = list(columns)
    relations = [
        name
        for name in names
        if records.pool.is_modifying_relations(records._fields[name])
        and any(record[name] for record in records)
    ]
    records.modified(relations, before=True)
    for name, values in columns.items():
        field = records._fields[name]
        for record, value in zip(records, values, strict=True):
            field.write(record, value)
    records.modified(names)
    records._validate_fields(names)
    records._check_company(names)
