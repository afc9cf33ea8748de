"""Sentences on why completed work is not collected, in the language of staff."""

from odoo.tools import format_list

from ..const.completion import OWED_DOMAIN


def get_departure(env, completion):
    """Return why nothing is to be collected any more; "" when it still is.

    :param completion: an ``autopay.completion`` that waits
    """
    if completion.move_ids.filtered_domain(OWED_DOMAIN):
        # The invoice is there and is charged, wherever the work was moved since.
        return ""
    if completion.kind == "date":
        return _get_date_departure(env, completion)
    stage = completion._get_stage()
    if not stage:
        return ""
    if completion._get_work().stage_id != stage:
        return env._(
            "Nothing is collected: it was moved out of “%s” in time.", stage.name
        )
    if not stage.autopay_collect:
        return env._(
            "Nothing is collected: the stage “%s” does not collect any more.",
            stage.name,
        )
    return ""


def _get_date_departure(env, completion):
    work = completion._get_work()
    day = work.autopay_on_date and work._get_autopay_done_day()
    if not day or day > completion.company_id._get_autopay_today():
        return env._("Nothing is collected: its date was moved in time.")
    return ""


def get_obstacle(env, completion):
    """Return what a person has to mend before it is collected; "" for nothing."""
    work = completion._get_work()
    if completion.kind == "stage" and not completion._get_stage():
        return env._(
            "The stage that it was moved into was deleted. If it is done, move it "
            "into a stage that collects."
        )
    if completion.is_moved_by_customer:
        return env._(
            "It was moved into the stage by %s, who does not work here. If it is done, "
            "press Collect Now.",
            completion.create_uid.name,
        )
    if stop := work.with_env(env)._get_autopay_stop():
        return stop
    if not work._get_autopay_orders():
        return _get_order_obstacle(env, work)
    return ""


def _get_order_obstacle(env, work):
    """Return how a work comes to a sales order, by what its form shows."""
    if not work.allow_billable:
        return env._(
            "There is no sales order to invoice, and the project is not billable. Make "
            "it billable in its settings, have a salesperson choose the sales order "
            "item, then press Collect Now."
        )
    if not work.partner_id:
        return env._(
            "There is no sales order to invoice. Choose the customer, have a "
            "salesperson choose the sales order item, then press Collect Now."
        )
    return env._(
        "There is no sales order to invoice. Have a salesperson choose the sales order "
        "item, then press Collect Now."
    )


def get_mended(env):
    """Return what a person does once the reason is mended."""
    return env._("Once that is mended, press Collect Now.")


def get_gone(env, moves):
    """Return that nothing is left of what was invoiced, and what a person may do.

    :param moves: the invoices, without those that were deleted
    """
    if not moves:
        return env._(
            "Its invoice was deleted, so nothing is collected. If it is owed, make "
            "another one by hand."
        )
    return env._(
        "Nothing is left to collect: what was invoiced was credited or canceled "
        "(%(names)s). If it is owed, make another invoice by hand.",
        names=format_list(env, [move.name or move.display_name for move in moves]),
    )
