"""The words about removing a payment method: to customers first, then to staff."""

from ..amounts import format_amount


def get_use_rows(env, uses):
    """Return what rests on a method, as Odoo's page of payment methods lists it.

    :param uses: the ``Uses``
    :return: a list of dicts with *description*, *id*, *name* and *url*
    """
    return [
        *(
            _get_row(env._("Charge under way"), move, words)
            for attempt in uses.late
            for move, words in [(attempt.move_ids[:1], get_late_words(env, attempt))]
        ),
        *(
            {
                "description": env._("Default payment method"),
                "id": company.id,
                "name": env._("Your default payment method at %s", company.name),
                "url": f"/my/autopay?company={company.id}",
            }
            for company in uses.companies
        ),
        *(
            {
                "description": env._("Payment rule"),
                "id": configuration.id,
                "name": configuration.display_name,
                "url": f"/my/autopay?company={configuration.company_id.id}",
            }
            for configuration in uses.configurations
        ),
        *(
            _get_row(env._("Invoice on autopay"), move, get_move_words(env, move))
            for move in uses.moves
        ),
    ]


def _get_row(description, move, words):
    url = f"/my/invoices/{move.id}"
    return {"description": description, "id": move.id, "name": words, "url": url}


def get_move_words(env, move):
    """Return an invoice and what is open of it."""
    amount = format_amount(env, move.currency_id, move.amount_residual)
    return f"{move.name}, {amount}"


def get_late_words(env, attempt):
    """Return a charge that nobody can call back."""
    return env._(
        "%(invoices)s: the charge of %(amount)s is under way",
        invoices=", ".join(attempt.move_ids.mapped("name")),
        amount=format_amount(env, attempt.currency_id, attempt.amount),
    )


def get_refusal_words(env, token, late):
    """Return why a method cannot be removed now, for the customer.

    :param late: the ``autopay.attempt`` that nobody can call back
    """
    return env._(
        "%(method)s cannot be removed yet. %(charges)s. Remove it once your bank has "
        "answered.",
        method=token._get_autopay_label(),
        charges="; ".join(get_late_words(env, attempt) for attempt in late),
    )


def get_removed_words(env, token, replacement, paused):
    """Return what became of a removal, for the customer.

    :param replacement: the ``payment.token`` that pays instead, perhaps none
    :param bool paused: whether something rests on the method still
    """
    method = token._get_autopay_label()
    if replacement:
        instead = replacement._get_autopay_label()
        text = env._(
            "%(method)s was removed; %(instead)s pays instead.",
            method=method,
            instead=instead,
        )
    else:
        text = env._("%s was removed.", method)
    if paused:
        text += " " + env._(
            "What it paid is not charged automatically until you choose another method."
        )
    return text


def get_staff_words(env, token, uses, replacement):
    """Return who has removed what, and what rested on it, as title and sentences.

    :param uses: the ``Uses`` as they were before
    """
    customer = token.partner_id.commercial_partner_id
    title = env._(
        "%(customer)s has removed %(method)s",
        customer=customer.display_name,
        method=token._get_autopay_label(),
    )
    lines = []
    if replacement:
        lines.append(env._("%s pays instead.", replacement._get_autopay_label()))
    if uses.companies:
        lines.append(env._("It was the default payment method."))
    lines += [configuration.display_name for configuration in uses.configurations]
    lines += [get_move_words(env, move) for move in uses.moves]
    return title, "\n".join(lines)
