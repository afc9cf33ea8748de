"""The words about sales orders that are collected by a trigger."""

from odoo.tools import format_list
from odoo.tools.translate import LazyTranslate

from odoo.addons.autopay.words.days import say_day
from odoo.addons.autopay.words.filled import fill_in
from odoo.addons.autopay.words.invoices.collecting import get_void
from odoo.addons.autopay.words.invoices.standing import (
    is_halted,
    say_halted,
    say_standing,
)

_lt = LazyTranslate(__name__)

# Why an order is collected, by its trigger.
REASONS = {
    "confirmed": _lt("Sales order %(order)s was confirmed."),
    "delivered": _lt("Sales order %(order)s was fully delivered."),
    "date": _lt("The day of sales order %(order)s has come."),
    "deposit": _lt("Deposit of sales order %(order)s."),
}

# Why an order cannot be collected, with what a person does about it.
PROBLEMS = {
    "off": _lt("Autopay is off in %(company)s: nothing is invoiced."),
    "canceled": _lt("The sales order %(order)s is canceled: nothing is invoiced."),
    "quotation": _lt("The quotation %(order)s is not confirmed: nothing is invoiced."),
    "policy_off": _lt(
        "%(customer)s takes no part in autopay: the policy is Off. Change it on the "
        "Autopay tab of the customer, or invoice %(order)s by hand."
    ),
    "busy": _lt("Somebody is working on %(order)s at this moment: try again."),
    "no_date": _lt("%(order)s has no day on which it is collected: choose one."),
    "no_lines": _lt(
        "%(order)s has no lines that can be invoiced: add them, or choose no trigger."
    ),
    "nothing": _lt(
        "Nothing of %(order)s can be invoiced yet: its products are invoiced once they "
        "are delivered. It goes on by itself when they are."
    ),
    "no_quantity": _lt(
        "Every quantity of %(order)s is 0, so there is nothing to invoice: enter what "
        "was ordered, or choose no trigger."
    ),
    "invoiced": _lt(
        "All of %(order)s that can be invoiced was invoiced, and what is open of it is "
        "not charged for the order: it failed, is disputed or refunded, was taken off "
        "autopay, or is of other orders as well. See to its invoices."
    ),
    "credited": _lt(
        "An invoice of %(order)s was credited or canceled, and Odoo takes that for not "
        "invoiced: if it is owed, make the invoice by hand; if not, lower the ordered "
        "quantity or choose no trigger."
    ),
    "deleted": _lt(
        "An invoice of %(order)s was deleted, and Odoo takes that for not invoiced: if "
        "it is owed, make the invoice by hand; if not, lower the ordered quantity or "
        "choose no trigger."
    ),
    "deposit_credited": _lt(
        "A deposit of %(order)s was credited in part, and Odoo would charge what is "
        "left of it once more: make the invoice by hand, less what the customer has "
        "paid."
    ),
    "credit": _lt(
        "What is left of %(order)s is owed to the customer, as after a return: make "
        "the credit note with Create Invoice, and refund it."
    ),
}

# The next step, by the trigger.
NEXT = {
    "confirmed": _lt("Invoiced and charged as soon as it can be invoiced."),
    "delivered": _lt("Invoiced and charged when everything is delivered."),
    "date": _lt("Invoiced and charged on %(date)s."),
    "no_date": _lt("Choose the day on which it is invoiced and charged."),
}

# A deposit that was invoiced, before the next step.
DEPOSIT_PAID = _lt("The deposit is paid; the rest: %(next)s")
DEPOSIT_OPEN = _lt("The deposit is not paid yet: %(invoice)s; the rest: %(next)s")
DEPOSIT_VOID = _lt(
    "The invoice of the deposit was credited, canceled or deleted, and no other one is "
    "made; the rest: %(next)s"
)

# The deposit, before the next step; the order is confirmed or is not.
DEPOSIT_NEXT = _lt("The deposit of %(deposit)s is charged within minutes; the rest: ")
DEPOSIT_OFFERED = _lt(
    "The deposit of %(deposit)s is charged when the order is confirmed; the rest: "
)
# A deposit that is not taken, since the order is not divided.
DEPOSIT_IDLE = _lt(
    "No deposit is taken, since all that can be invoiced is charged at once: choose "
    "“When fully delivered” or “On a date” for one. "
)


def get_reason(env, name, order):
    """Return why an order is collected, as a sentence for the chatter."""
    return fill_in(env, REASONS[name], order=order.name)


def get_problem(env, name, order):
    """Return why an order cannot be collected, as sentences for a person."""
    return fill_in(
        env,
        PROBLEMS[name],
        order=order.name,
        company=order.company_id.display_name,
        customer=order.partner_invoice_id.commercial_partner_id.display_name,
    )


def get_canceled_summary(env, order, paid):
    """Return that money was collected for an order that was canceled, as a title.

    :param dict paid: {name: amount of what was not given back}, in its currency
    """
    return env._(
        "Canceled sales order %(order)s: %(amount)s was collected",
        order=order.name,
        amount=order.currency_id.format(sum(paid.values())),
    )


def get_canceled_note(env, order, paid):
    """Return what was collected for a canceled order and what a person does about it.

    :param dict paid: {name: amount of what was not given back}, in its currency
    """
    return env._(
        "%(invoices)s. Nothing goes back by itself: issue a credit note and refund it; "
        "if you keep it, as for work that was done, mark this as done.",
        invoices=format_list(
            env,
            [
                f"{name} ({order.currency_id.format(amount)})"
                for name, amount in paid.items()
            ],
        ),
    )


def get_draft_problem(env, order, drafts):
    """Return that drafts keep an order from being invoiced."""
    return env._(
        "%(order)s has a draft that somebody is working on (%(drafts)s): post or "
        "delete it.",
        order=order.name,
        drafts=", ".join(drafts.mapped("display_name")),
    )


def get_short_problem(env, order, lines):
    """Return that less was delivered than would be charged."""
    return env._(
        "Less was delivered of %(order)s than was ordered, and what was ordered would "
        "be charged (%(products)s): lower the ordered quantities, or make the invoice "
        "by hand.",
        order=order.name,
        products=", ".join(lines.product_id.mapped("display_name")),
    )


def get_order_words(env, order):
    """Return what becomes of an order that has, or had, a trigger, as sentences."""
    if order.autopay_progress == "stuck":
        return order.autopay_problem or ""
    if order.autopay_progress == "paid":
        return env._("Everything is paid.")
    if order.autopay_progress == "collecting":
        return _say_invoices(env, order)
    name = order.autopay_trigger
    if name == "date" and not order.autopay_collect_date:
        name = "no_date"
    words = fill_in(env, NEXT[name], date=say_day(env, order.autopay_collect_date))
    if order.autopay_progress == "deposit":
        return _say_deposit(env, order, words)
    return _get_deposit_words(env, order) + words


def get_deposit(order):
    """Return the deposit of an order, in its currency and in words."""
    deposit = order.currency_id.round(order.amount_total * order.autopay_deposit)
    return order.currency_id.format(deposit)


def _say_deposit(env, order, words):
    """Return what became of a deposit that was invoiced, and what comes next.

    :param str words: the next step
    """
    invoice = order._get_deposit_invoice()
    if get_void(invoice):
        return fill_in(env, DEPOSIT_VOID, next=words)
    sentence = DEPOSIT_PAID if invoice._is_autopay_paid() else DEPOSIT_OPEN
    invoice = say_standing(env, invoice)
    return fill_in(env, sentence, invoice=invoice, next=words)


def _get_deposit_words(env, order):
    """Return that a deposit comes first, or why not; "" when none is wanted."""
    if order._is_deposit_idle():
        return env._(DEPOSIT_IDLE)
    if not order._is_deposit_coming():
        return ""
    sentence = DEPOSIT_NEXT if order.state == "sale" else DEPOSIT_OFFERED
    return fill_in(env, sentence, deposit=get_deposit(order))


def _say_invoices(env, order):
    """Return which invoices are being collected, and how each of them stands."""
    moves = order.invoice_ids.filtered(
        lambda move: (
            move.move_type == "out_invoice"
            and move.state == "posted"
            and move._is_autopay_open()
        )
    )
    if not moves:
        return _say_nothing_open(env, order)
    halted = moves.filtered(is_halted)
    sentences = [say_halted(env, halted)]
    if going := moves - halted:
        parts = [say_standing(env, move) for move in going]
        words = env._("Being collected: %s.", format_list(env, parts))
        sentences.insert(0, words)
    return " ".join(filter(None, sentences))


def _say_nothing_open(env, order):
    """Return what became of the invoices of an order, none of which is open."""
    moves = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
    if moves and all(get_void(move) for move in moves):
        return env._("What was invoiced was credited or canceled: nothing is charged.")
    if moves and all(_is_settled(move) for move in moves):
        return env._(
            "What was invoiced so far is paid; the rest follows when it can be "
            "invoiced."
        )
    return env._("Invoiced; the invoices say when they are charged.")


def _is_settled(move):
    return move._is_autopay_paid() or get_void(move)


def get_unready_words(env, payer):
    """Return that nothing can be charged as things stand, for people who sell."""
    return env._(
        "%(customer)s has no payment method for it yet, or takes no part in autopay.",
        customer=payer.display_name,
    )
