"""The words that tell whether a customer's invoices can be collected."""

from odoo.tools.translate import LazyTranslate

from .invoices.blockers import get_method_words

_lt = LazyTranslate(__name__)

# The sentences that are not those about a customer's invoices (const.blockers);
# "configured" is "ready" by rules.
READINESS_SENTENCES = {
    "ready": _lt(
        "Invoices on autopay are charged with %(method)s on their autopay date."
    ),
    "configured": _lt(
        "Invoices on autopay are charged with the payment method of the first "
        "payment rule that matches them."
    ),
    "company_off": _lt(
        "Nothing is charged now: autopay is switched off in this company's settings."
    ),
    "customer_archived": _lt("The customer is archived: nothing is charged."),
    "configuration_invalid": _lt(
        "The customer's payment rules pay nothing until they are mended."
    ),
    "no_method": _lt(
        "Set up autopay with one of the customer's saved payment methods, or request "
        "one: customers save it by the link, or when they pay online."
    ),
}


def get_readiness_words(env, code, token, blockers):
    """Return what the judgement of a customer means, as a sentence.

    :param str code: a key of ``READINESS_SENTENCES``, or a blocker
    :param token: the method that would pay, empty when there is none
    :param blockers: the ``BlockerTable``
    """
    if code not in READINESS_SENTENCES:
        return get_method_words(env, blockers[code].sentence, token)
    method = token._get_autopay_label() if token else ""
    sentence = env._(READINESS_SENTENCES[code])
    return sentence % {"method": method}


def get_open_words(env, rows):
    """Return what is open of a customer, a line for each currency; False when nothing.

    :param rows: (currency, standing, open amount, number of invoices)
    """
    if not rows:
        return False
    standings = env["account.move"]._fields["autopay_standing"]
    labels = dict(standings._description_selection(env))
    lines = {}
    for currency, standing, amount, count in rows:
        label = labels.get(standing) or env._("Not on autopay")
        lines.setdefault(currency, []).append((label, amount, count))
    return "\n".join(
        _get_currency_words(env, currency, parts) for currency, parts in lines.items()
    )


def _get_currency_words(env, currency, parts):
    """Return what is open in a currency: (label, amount, number of invoices)."""
    if len(parts) == 1:
        [(label, amount, _count)] = parts
        return f"{currency.format(amount)}: {label}"
    labels, amounts, counts = zip(*parts, strict=True)
    named = zip(labels, amounts, strict=True)
    return env._(
        "%(amount)s in %(count)s invoices: %(parts)s",
        amount=currency.format(sum(amounts)),
        count=sum(counts),
        parts=", ".join(f"{label} {currency.format(each)}" for label, each in named),
    )


def get_default_words(env, company):
    """Return {field: what holds for customers without a rule of their own}.

    :param company: the ``res.company``, read by the superuser
    """

    def get_label(model, name, value):
        labels = dict(env[model]._fields[name]._description_selection(env))
        return env._("Company default – %s", labels.get(value, ""))

    fallback = "next" if company.autopay_fallback else "stop"
    return {
        "policy": get_label("res.company", "autopay_policy", company.autopay_policy),
        "fallback": get_label("res.partner", "autopay_fallback_policy", fallback),
        "discount": get_label(
            "res.company", "autopay_discount_policy", company.autopay_discount_policy
        ),
    }
