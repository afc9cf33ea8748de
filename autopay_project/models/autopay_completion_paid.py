from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.autopay.const.collect.sources import SETTLED_STATES

from ..const.completion import (
    COMPLETIONS_AT_ONCE,
    COMPLETIONS_TOGETHER,
    OWED_DOMAIN,
)
from ..words.obstacles import get_gone, get_mended

OPEN_DOMAIN = [
    *OWED_DOMAIN,
    "|",
    ("state", "!=", "posted"),
    ("payment_state", "not in", SETTLED_STATES),
]
PAID_DOMAIN = [*OWED_DOMAIN, ("payment_state", "in", SETTLED_STATES)]


class AutopayCompletionPaid(models.AbstractModel):
    """Moves tasks and projects on when what they have earned is paid."""

    _name = "autopay.completion.paid"
    _description = "Paid Work"

    # === COLLECTING === #

    def _collect_orders(self, staff):
        """Have the orders of the work invoiced and collected, and note what came of it.

        :param staff: ``autopay.notification`` in the language of staff
        """
        work = self._get_work()
        orders = work._get_autopay_orders()
        for records in (orders, orders.invoice_ids):
            if records.try_lock_for_update(allow_referencing=True) != records:
                # Somebody works on them at this moment: it stays for the next run.
                return
        reasons = self._invoice_orders(staff, work, orders)
        moves = self._find_moves()
        if reasons or not moves.filtered_domain(OWED_DOMAIN):
            # Invoices of the other orders are charged. The work waits, else an
            # order that could not be invoiced would be forgotten once those are paid.
            self.move_ids = moves
            words = "\n".join(reasons) or get_gone(staff.env, moves)
            self._ask_person(words, is_over=not reasons)
            return
        problem = "\n".join(self._get_blocks(staff, moves))
        self.write(
            {"state": "collecting", "move_ids": moves.ids, "problem": problem or False}
        )
        if problem:
            self._call_person(problem)
        else:
            self._close_calls()
        self._settle_paid()

    def _invoice_orders(self, staff, work, orders):
        """Invoice and collect orders; return why some are not, as sentences."""
        day = self.company_id._get_autopay_today()
        why = staff.env._("“%s” is done.", work.display_name)
        reasons = []
        for order in orders.with_env(staff.env):
            source = self._get_order_source(order)
            reasons.append(order._autopay_invoice_and_collect(source, day, why))
        reasons = list(filter(None, reasons))
        return reasons and [*reasons, get_mended(staff.env)]

    def _get_order_source(self, order):
        """Return the name by which an order knows the work; a project has several."""
        return self.source if self.task_id else f"{self.source}:order:{order.id}"

    def _find_moves(self):
        """Return the invoices that were collected, or found paid, for this work."""
        orders = self._get_work()._get_autopay_orders()
        names = [self._get_order_source(order) for order in orders]
        sources = self.env["autopay.collect.source"].search(
            [("source", "in", names), ("state", "!=", "refused")]
        )
        return sources.move_id | self.move_ids

    def _get_blocks(self, staff, moves):
        """Return why invoices cannot be charged as it is, in the words of lists."""
        decisions = self.env["autopay.decision"]
        table = decisions._get_blocker_table()
        return [
            staff.env._(
                "%(invoice)s waits: %(reason)s. It is charged by itself once that is "
                "mended.",
                invoice=move.name,
                reason=staff.env._(table[decision.blocker].label),
            )
            for move, decision in decisions._decide_safely(moves).items()
            if decision.blocker and table[decision.blocker].standing == "blocked"
        ]

    # === PAID === #

    @api.model
    def _on_collected(self, moves):
        """Move on what waits for these invoices, once nothing else of it is open."""
        waiting = self.search(
            [("state", "=", "collecting"), ("move_ids", "in", moves.ids)]
        )
        waiting._settle_paid()
        # Tasks that were moved by hand meanwhile stay where they are.
        orders = moves.invoice_line_ids.sale_line_ids.order_id
        self._settle_orders(orders, waiting.task_id)

    @api.model
    def _search_paid(self):
        """Return what is paid and was not moved on, as others were at work on it."""
        return self.search(
            [
                ("state", "=", "collecting"),
                ("move_ids", "any", PAID_DOMAIN),
                ("move_ids", "not any", OPEN_DOMAIN),
            ],
            limit=COMPLETIONS_AT_ONCE,
        )

    @api.model
    def _sync_void(self):
        """Close what nothing is left to collect of, and open it again when it is."""
        stage = self.env["autopay.stage"]
        owed = Domain("move_ids", "any", OWED_DOMAIN)
        over = Domain("state", "=", "collecting") & ~owed
        ended = Domain("state", "=", "asked") & Domain("is_over", "=", True)
        again = (Domain("state", "=", "void") | ended) & owed
        for domain in (over, again):
            found = self.search(domain, limit=COMPLETIONS_AT_ONCE)
            stage._apply_in_parts(COMPLETIONS_TOGETHER, self._note_void, found)

    @api.model
    def _note_void(self, completions):
        """Note whether anything is left to collect of completions, as it is by now."""
        for completion in completions.try_lock_for_update(allow_referencing=True):
            completion.invalidate_recordset(["is_over", "state"])
            owed = completion.move_ids.filtered_domain(OWED_DOMAIN)
            ended = completion.state == "asked" and completion.is_over
            if owed and (ended or completion.state == "void"):
                completion.write({"state": "collecting", "problem": False})
                completion._close_calls(self._get_again_words(completion.company_id))
            elif completion.state == "collecting" and not owed:
                completion._close_void()

    def _get_again_words(self, company):
        """Return that what was invoiced is owed again, in the language of staff."""
        staff = self.env["autopay.notification"]._for_staff(company)
        return staff.env._("What was invoiced is owed again, and is being collected.")

    def _close_void(self):
        """Say that nothing is left to collect: the work stays where it is, unpaid."""
        staff = self.env["autopay.notification"]._for_staff(self.company_id)
        words = get_gone(staff.env, self.move_ids)
        self.write({"state": "void", "problem": words})
        self._get_work()._message_log(body=words)
        self._close_calls(words)

    def _settle_paid(self):
        for completion in self.try_lock_for_update(allow_referencing=True):
            completion.invalidate_recordset(["state"])
            moves = completion.move_ids
            if completion.state != "collecting" or not _are_paid(moves):
                continue
            completion.write({"state": "paid", "problem": False})
            completion._close_calls()
            names = format_list(self.env, moves.mapped("name"))
            work = completion._get_work()
            work._move_on_autopay(completion._get_stage(), names)

    @api.model
    def _settle_orders(self, orders, settled):
        """Move on the tasks of orders that are paid, whatever had them collected.

        :param settled: tasks that were looked at before
        """
        for order in orders.filtered(_is_order_paid):
            names = format_list(self.env, _get_invoices(order).mapped("name"))
            for task in self._search_tasks(order) - settled:
                task._move_on_autopay(task.stage_id, names)

    @api.model
    def _search_tasks(self, order):
        """Return the tasks of an order that wait in a stage to be moved on from."""
        return self.env["project.task"].search(
            [
                ("sale_order_id", "=", order.id),
                ("stage_id.autopay_paid_stage_id", "!=", False),
                ("state", "!=", "1_canceled"),
                ("has_template_ancestor", "=", False),
            ]
        )


def _get_invoices(order):
    return order.invoice_ids.filtered(
        lambda move: (
            move.move_type == "out_invoice"
            and move.state == "posted"
            # One that was credited as a whole is replaced by another invoice.
            and not move.autopay_credited
        )
    )


def _are_paid(moves):
    """Return whether invoices are paid, but for those that are not owed any more."""
    owed = moves.filtered_domain(OWED_DOMAIN)
    return bool(owed) and not owed.filtered_domain(OPEN_DOMAIN)


def _is_order_paid(order):
    is_invoiced = order.invoice_status in ("invoiced", "upselling")
    return is_invoiced and _are_paid(_get_invoices(order))
