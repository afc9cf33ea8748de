from odoo import api, fields, models

from ...const.invoice import KNOWN_PREFETCH
from ...rights import STAFF_GROUPS, check_billing, check_staff
from ...words.plans import get_ended_words


class AutopayMovePlan(models.Model):
    """The payment plan of an invoice: what is agreed on when it is charged."""

    _inherit = "account.move"

    autopay_planned = fields.Boolean(
        string="On a Payment Plan",
        copy=False,
        readonly=True,
        help="The invoice is charged by a plan that was agreed on, not by its payment "
        "terms.",
        prefetch=KNOWN_PREFETCH,
    )
    autopay_plan_id = fields.Many2one(
        "autopay.plan",
        string="Payment Plan",
        compute="_compute_autopay_plan_id",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )
    autopay_installment_ids = fields.Many2many(
        "autopay.installment",
        string="Parts of the Plan",
        compute="_compute_autopay_plan_id",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )

    # === COMPUTE METHODS === #

    @api.depends("autopay_planned")
    def _compute_autopay_plan_id(self):
        self.update({"autopay_plan_id": False, "autopay_installment_ids": False})
        planned = self.filtered("autopay_planned")
        if not planned:
            return
        plans = self.env["autopay.plan"].search([("move_id", "in", planned.ids)])
        by_move = {plan.move_id.id: plan for plan in plans}
        for move in planned:
            plan = by_move.get(move._origin.id, plans.browse())
            move.autopay_plan_id = plan
            move.autopay_installment_ids = plan.installment_ids

    # === ACTION METHODS === #

    def action_autopay_plan(self):
        """Open the dialog that makes a plan for the invoice, or changes it.

        :raises UserError: while it is being charged, or is disputed
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("write")
        self._check_autopay_free()
        self._check_autopay_undisputed()
        xml_id = "autopay.autopay_plan_wizard_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        context = {"default_move_id": self.id, "dialog_size": "large"}
        return {**action, "context": context}

    def action_view_autopay_plan(self):
        """Open the plan: what was agreed, with whom, when and how."""
        self.ensure_one()
        check_staff(self)
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment Plan"),
            "res_model": "autopay.plan",
            "res_id": self.autopay_plan_id.id,
            "views": [(False, "form")],
        }

    def action_autopay_cancel_plan(self):
        """End the plan: the invoice is charged by its payment terms again.

        :raises UserError: while it is being charged
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("write")
        self._check_autopay_free()
        self.autopay_plan_id._end()
        self.sudo()._update_autopay_plan()
        body = self.env._(
            "The payment plan has ended. What was paid stays paid; the rest is charged "
            "by the payment terms of the invoice."
        )
        self._message_log(body=body)

    # === BUSINESS METHODS === #

    def _update_autopay_plan(self):
        """Give the invoice the day of the part at hand, once its plan is another."""
        waiting = self.filtered(lambda move: move.autopay_status == "eligible")
        waiting._give_rule_dates()

    def _end_autopay_foreign_plans(self):
        """End the plans of invoices that another customer pays now, or other money.

        A plan is part of a consent: nobody is held to what somebody else agreed to, nor
        to the same figures in another currency.
        """
        planned = self.sudo().filtered("autopay_planned")
        foreign = planned.browse()
        for move in planned:
            if body := get_ended_words(self.env, move.autopay_plan_id, move):
                move.autopay_plan_id._end()
                move._message_log(body=body)
                foreign |= move
        foreign._update_autopay_plan()
        (planned - foreign).autopay_plan_id._alert_raised()
