from odoo import models
from odoo.exceptions import RedirectWarning, UserError

from ..const.triggers import DONE_STATUSES
from ..words.orders import get_draft_problem, get_problem


class AutopayOrderCollect(models.AbstractModel):
    """Invoices what is left of a sales order, and has it collected.

    Asked by the order's own trigger, and by other add-ons for whose work the order is.
    """

    _name = "autopay.order.collect"
    _description = "Collecting a Sales Order"

    def _autopay_invoice_and_collect(self, source, day=None, why=""):
        """Invoice what is left of an order, post it, and collect what is open of it.

        All of it happens or nothing, and once for a source however often it is asked
        for. Invoices that were made by hand and are open are collected as well, unless
        they are of other orders too or a person has taken them off autopay; paid ones
        are noted, so that what follows a payment follows.

        :param str source: names what was done, see ``account.move._autopay_collect``
        :param date day: on which it is charged; None for the day by the company's rule
        :param str why: the same for people, as a sentence
        :return: why it is not collected, as sentences for a person; empty when it is
        """
        self.ensure_one()
        order = self.sudo().with_company(self.company_id)
        sources = order.env["autopay.collect.source"]
        asked = [("source", "=", source), ("state", "!=", "refused")]
        if sources.search_count(asked, limit=1):
            return ""
        return order._autopay_do(order._collect_rest, source, day, why)

    def _autopay_do(self, act, *args):
        """Do something with an order that is locked for it; all of it or nothing.

        :return: why that cannot be done, as sentences; empty when it was
        """
        self.ensure_one()
        if name := self._get_collect_problem():
            return get_problem(self.env, name, self)
        if not self.try_lock_for_update(allow_referencing=True):
            return get_problem(self.env, "busy", self)
        try:
            with self.env.cr.savepoint():
                act(*args)
        except (UserError, RedirectWarning) as error:
            return str(error)
        return ""

    def _get_collect_problem(self):
        """Return why an order is not collected at all, a key of ``PROBLEMS``."""
        if not self._filter_autopay_on():
            return "off"
        if self.state == "cancel":
            return "canceled"
        if self.state != "sale":
            return "quotation"
        policy = self._get_autopay_payer()._get_autopay_policy(self.company_id)
        # Of what is paid nothing is charged any more, and what follows it follows.
        return "policy_off" if policy == "off" and not self._is_paid_up() else None

    def _is_paid_up(self):
        """Return whether all of an order is invoiced, and its invoices are paid."""
        return (
            self.invoice_status in DONE_STATUSES
            and bool(self._get_paid_invoices())
            and not self._has_open_invoices()
        )

    def _has_open_invoices(self):
        """Return whether something is to be posted or paid of the order's invoices.

        What is owed to the customer is nothing that is collected.
        """
        moves = self.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel"
        )
        return any(move.state == "draft" or move._is_autopay_open() for move in moves)

    def _group_autopay_sources(self):
        """Return {order: what it was collected for by triggers of its own}."""
        names = {order: f"sale:{order.id}" for order in self}
        found = self.env["autopay.collect.source"]._find_below(names.values())
        return {order: found[name] for order, name in names.items()}

    def _collect_rest(self, source, day, why):
        """Invoice what is left and collect it.

        :raises UserError: why that cannot be done
        """
        new = self._invoice_rest()
        moves = (new | self._get_open_invoices()) or self._get_paid_invoices()
        if not moves:
            raise UserError(get_problem(self.env, self._get_empty_problem(), self))
        self._collect_moves(moves, source, day, why)

    def _collect_moves(self, moves, source, day, why):
        """Have invoices collected, and note whose work their amounts are.

        :raises UserError: why they are not, or that somebody is working on them
        """
        if moves.try_lock_for_update(allow_referencing=True) != moves:
            raise UserError(get_problem(self.env, "busy", self))
        refused = moves._autopay_collect(source, day, why)
        if refused:
            raise UserError("\n".join(refused.values()))
        # They made up what is charged, and must not approve it.
        for user in self.user_id | self.create_uid | self.order_line.create_uid:
            moves._set_autopay_editor(user)

    def _invoice_rest(self):
        """Make the invoice of what is left, less deposits; perhaps nothing is.

        :raises UserError: where a person has to see to it first
        """
        drafts = self.invoice_ids.filtered(lambda move: move.state == "draft")
        if drafts:
            raise UserError(get_draft_problem(self.env, self, drafts))
        if self.invoice_status != "to invoice":
            return self.invoice_ids.browse()
        if self._get_credited_lines():
            raise UserError(get_problem(self.env, "credited", self))
        if self._is_invoice_deleted(self._group_autopay_sources()[self]):
            raise UserError(get_problem(self.env, "deleted", self))
        orders = self.with_context(raise_if_nothing_to_invoice=False)
        made = orders._create_invoices(final=True)
        if made.filtered(lambda move: move.move_type != "out_invoice"):
            raise UserError(get_problem(self.env, "credit", self))
        if made and self._is_deposit_left():
            raise UserError(get_problem(self.env, "deposit_credited", self))
        return made.with_env(self.env)

    def _is_deposit_left(self):
        """Return whether its invoices do not deduct a deposit as a whole.

        Odoo counts deposits, and not what they come to: one of which a part was
        credited is deducted no more, and its rest would be charged once more.
        """
        for line in self.order_line.filtered("is_downpayment"):
            items = line.invoice_lines.filtered(
                lambda item: item.move_id.state != "cancel"
            )
            left = sum(
                -item.price_subtotal
                if item.move_id.move_type == "out_refund"
                else item.price_subtotal
                for item in items
            )
            # A cent for each document: taxes are rounded in each of them.
            if abs(left) > self.currency_id.rounding * len(items):
                return True
        return False

    def _get_lines_left(self):
        """Return the lines of which Odoo would invoice something."""
        return self.order_line.filtered(
            lambda line: not line.display_type and line.qty_to_invoice > 0
        )

    def _get_credited_lines(self):
        """Return lines that are to be invoiced since their invoice was taken back.

        Odoo takes a quantity that was credited, or whose invoice was cancelled, for one
        that was never invoiced. Whether it is owed again is for a person to say.
        """
        return self._get_lines_left().filtered(
            lambda line: any(
                move.state != "cancel"
                if move.move_type == "out_refund"
                else move.state == "cancel" and move.autopay_source_ids
                for move in line.invoice_lines.move_id
            )
        )

    def _is_invoice_deleted(self, asked):
        """Return whether an invoice of this order was deleted, and none made since.

        Odoo takes its lines for not invoiced. Whether they are owed is for a person to
        say, who makes the invoice by hand.

        :param asked: what its triggers have collected, see ``_group_autopay_sources``
        """
        deleted = asked.filtered(lambda source: not source.move_id)
        made = self.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        last = max(made.mapped("create_date"), default=None)
        return any(not last or source.create_date >= last for source in deleted)

    def _get_empty_problem(self):
        if self.invoice_ids.filtered(lambda move: move.state == "posted"):
            return "invoiced"
        sold = self._get_sold_lines()
        if not sold:
            return "no_lines"
        return "nothing" if sold._filter_autopay_asked() else "no_quantity"

    def _get_sold_lines(self):
        """Return the lines of what is sold: no sections, deposits or expenses."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type and not line.is_downpayment and line.product_id
            )
        )

    def _get_own_invoices(self):
        """Return the posted invoices that are of this order and of no other."""
        return self.invoice_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.invoice_line_ids.sale_line_ids.order_id == self
            )
        )

    def _get_open_invoices(self):
        """Return the order's open invoices that nothing else keeps from a charge."""
        return self._get_own_invoices().filtered(
            lambda move: (
                move._is_autopay_open()
                and not (move.autopay_in_dispute or move.autopay_refunded)
                and move.autopay_status != "error"
                # One that was asked for and is not on autopay was taken off it.
                and (move.autopay_status or not move.autopay_source_ids)
            )
        )

    def _get_paid_invoices(self):
        """Return the order's invoices that were paid, not those that were credited."""
        return self._get_own_invoices().filtered(lambda move: move._is_autopay_paid())
