"""The words of the first steps: what is to be done before a company collects."""

from dataclasses import dataclass

from odoo.tools.translate import LazyGettext, LazyTranslate

from ..filled import fill_in

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    :param title: what, in few words
    :param text: why, and what happens without it
    :param action: external id of the action that leads there
    :param is_needed: whether nothing is collected without it
    :param is_technical: whether only administrators may do it
    """

    title: LazyGettext
    text: LazyGettext
    action: str
    is_needed: bool = True
    is_technical: bool = False


STEPS = {
    "provider": Step(
        _lt("A payment provider that can charge saved methods"),
        _lt(
            "Enable Stripe, or another provider that saves payment methods, with "
            "manual capture off."
        ),
        "payment.action_payment_provider",
        is_technical=True,
    ),
    "saving": Step(
        _lt("Customers may save payment methods"),
        _lt("Tick Allow Saving Payment Methods on the provider."),
        "payment.action_payment_provider",
        is_technical=True,
    ),
    "webhook": Step(
        _lt("Stripe tells Autopay what happens"),
        _lt(
            "Press Create Autopay webhook on the provider. Without it Autopay asks "
            "Stripe itself, which takes longer."
        ),
        "payment.action_payment_provider",
        is_needed=False,
        is_technical=True,
    ),
    "policy": Step(
        _lt("Autopay is switched on, with a policy"),
        _lt(
            "Choose which invoices come onto autopay, and the day on which they are "
            "charged."
        ),
        "autopay.autopay_policy_action",
    ),
    "person": Step(
        _lt("A person in charge"),
        _lt(
            "Choose who is called when something needs a person. Without one, an "
            "accounting administrator is."
        ),
        "autopay.autopay_policy_action",
        is_needed=False,
    ),
    "customers": Step(
        _lt("A first customer who can be charged"),
        _lt(
            "Ask your customers for a payment method, or record what they have agreed "
            "to."
        ),
        "autopay.res_partner_action_autopay",
        is_needed=False,
    ),
    "preview": Step(
        _lt("A first charge preview"),
        _lt("See which invoices would be charged when. Nothing is charged by it."),
        "autopay.autopay_dry_run_action",
        is_needed=False,
    ),
    "charge": Step(
        _lt("A first invoice is collected"),
        _lt(
            "Put an invoice on autopay: it is charged on its date. Charge Now does it "
            "at once."
        ),
        "account.action_move_out_invoice_type",
        is_needed=False,
    ),
}

NOTHING_DUE = _lt("No invoice is due: the next run charges nothing.")
DUE = _lt("The next run charges %(amount)s (invoices: %(count)s).")
DUE_AT_MOST = _lt(
    "The next run charges at most %(amount)s (invoices: %(count)s): those that are "
    "blocked are counted in."
)
DUE_IN_VAIN = _lt("The next run charges nothing.")
BLOCKED = _lt("Due, but blocked: %(count)s.")


def get_due_words(env, count, amount, blocked):
    """Return what the next run charges, as sentences.

    :param int count: of the invoices that it charges
    :param str amount: what that comes to
    :param int blocked: how many are due besides and cannot be charged
    """
    nothing = DUE_IN_VAIN if blocked else NOTHING_DUE
    sentence = DUE if count else nothing
    words = [fill_in(env, sentence, count=count, amount=amount)]
    if blocked:
        words.append(fill_in(env, BLOCKED, count=blocked))
    return " ".join(words)


def get_step_words(env, step):
    """Return title and text of a step, in the language of the environment."""
    return {"title": env._(step.title), "text": env._(step.text)}
