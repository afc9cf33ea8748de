"""The words about methods that Odoo archives when their provider is disabled."""

from odoo.tools import format_list

# Customers who are named; of more it is said how many they are.
NAMED_CUSTOMERS = 20


def get_leaving_words(env, payers):
    """Return what disabling a provider does to customers, as sentences.

    :param payers: the customers who have agreed to be charged through it
    """
    return env._(
        "Odoo archives the saved payment methods with that. Customers who have agreed "
        "to be charged with one of them, and are not charged any more: %(count)s. When "
        "the provider has its present state again, their methods come back.",
        count=len(payers),
    )


def get_archived_words(env, provider, payers):
    """Return who has lost a method with a provider, and what can be done.

    :param payers: the customers
    """
    return env._(
        "%(provider)s was disabled or set to another mode, and Odoo has archived the "
        "saved payment methods. Customers who have agreed to be charged with one of "
        "them: %(count)s. Their invoices are not charged meanwhile. Once the provider "
        "is as it was, the methods come back by themselves. If it stays so, ask these "
        "customers for another method: %(names)s",
        provider=provider.sudo().name,
        count=len(payers),
        names=_get_names(env, payers),
    )


def get_returned_words(env, provider, able, left):
    """Return what came back with a provider and what did not, as sentences.

    :param able: the ``payment.token`` that can be charged again
    :param left: those that stay archived, as Odoo does not offer their kind
    """
    words = []
    if able:
        words.append(
            env._(
                "Saved payment methods of %(provider)s that are back: %(count)s.",
                count=len(able),
                provider=provider.sudo().name,
            )
        )
    if left:
        kinds = left.payment_method_id.mapped("name")
        words.append(
            env._(
                "Methods that stay archived, since their kind (%(kinds)s) is switched "
                "off: %(count)s. Press Enable Payment Methods on the provider and "
                "switch it on, then press Bring Back Payment Methods there. Concerned: "
                "%(names)s",
                count=len(left),
                kinds=format_list(env, kinds),
                names=_get_names(env, left.partner_id.commercial_partner_id),
            )
        )
    return " ".join(words)


def get_archived_advice(env, token):
    """Return what can be done about one archived method, as sentences for staff."""
    instead = env._("Choose another one, or ask the customer to save one.")
    if not token._is_autopay_coming_back():
        return instead
    provider = token.provider_id.sudo()
    if provider.state == token.sudo().autopay_archived_mode:
        words = env._(
            "Odoo did so when %(provider)s was disabled, and its kind of payment "
            "method is switched off since. Have an administrator switch it on, and "
            "press Bring Back Payment Methods on the provider.",
            provider=provider.name,
        )
    else:
        words = env._(
            "Odoo did so when %(provider)s was disabled or set to another mode. It "
            "comes back by itself once the provider is as it was.",
            provider=provider.name,
        )
    return f"{words} {instead}"


def _get_names(env, payers):
    names = payers[:NAMED_CUSTOMERS].mapped("display_name")
    more = len(payers) - NAMED_CUSTOMERS
    if more > 0:
        names.append(env._("%s more", more))
    return format_list(env, names)
