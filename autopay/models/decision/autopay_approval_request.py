from odoo import api, models

from ...const.invoice import UNPAID_STATES

# Invoices that are looked at ahead of their date, in each run of a company.
ASK_AHEAD = 100


class AutopayApprovalRequest(models.AbstractModel):
    """Asking a second billing manager, as soon as it is known that one is needed."""

    _name = "autopay.approval.request"
    _description = "Requests of an Approval"

    @api.model
    def _get_open(self, moves):
        """Return {move id: approval} that was asked for and is not over."""
        found = self.sudo().search(
            [
                ("move_id", "in", moves.ids),
                ("state", "in", ("waiting", "approved", "refused")),
            ]
        )
        return {approval.move_id.id: approval for approval in found}

    @api.model
    def _request(self, moves, user=None):
        """Ask for the approvals that these invoices need.

        :param user: who asks; by default who put each invoice on autopay
        """
        limited = moves.filtered(
            lambda move: (
                move.company_id.autopay_approval_limit and move.state == "posted"
            )
        )
        if limited:
            decisions = self.env["autopay.decision"].sudo()._decide(limited.sudo())
            self._request_for(decisions.values(), user)

    @api.model
    def _get_unasked(self, companies):
        """Return invoices above the limit that nobody was asked about yet.

        The next ones to be charged; the rest has its turn in later runs.
        """
        found = self.env["account.move"]
        for company in companies.filtered("autopay_approval_limit"):
            domain = [
                ("company_id", "=", company.id),
                ("autopay_status", "=", "eligible"),
                ("state", "=", "posted"),
                ("payment_state", "in", UNPAID_STATES),
                ("amount_residual_signed", ">", company.autopay_approval_limit),
                (
                    "autopay_approval_ids",
                    "not any",
                    [("state", "in", ("waiting", "approved", "refused"))],
                ),
            ]
            unasked = found.search(domain, order="autopay_date, id")
            found |= self._filter_above_limit(company, unasked)[:ASK_AHEAD]
        return found

    def _filter_above_limit(self, company, moves):
        """Return the invoices of which a charge is above the limit, part by part."""
        if not moves:
            return moves
        today = company._get_autopay_today()
        dues = self.env["autopay.due"]._get_dues(moves, today)
        limit = company.autopay_approval_limit
        return moves.filtered(
            lambda move: (
                dues[move].parts == 1
                or move.currency_id._convert(
                    max(dues[move].amount, dues[move].whole),
                    company.currency_id,
                    company,
                    today,
                )
                > limit
            )
        )

    @api.model
    def _request_for(self, decisions, user=None):
        """Ask for what these decisions lack; what was asked for otherwise lapses."""
        new = self._get_unanswered(decisions)
        asked_before = [approval for _decision, approval in new]
        self.sudo().union(*asked_before)._set_state("lapsed")
        vals_list = [
            self._prepare_request_vals(decision, user or approval._get_changer())
            for decision, approval in new
        ]
        for approval in self.sudo().create(vals_list):
            if approval.requested_by_id:
                approval.move_id._set_autopay_editor(approval.requested_by_id)
            approval._ask()

    @api.model
    def _get_unanswered(self, decisions):
        """Return (decision, its open approval or none) of what nobody was asked yet."""
        wanted = [each for each in decisions if each.blocker == "needs_approval"]
        moves = self.env["account.move"].union(*(each.move for each in wanted))
        asked = self._get_open(moves)
        pairs = [(each, asked.get(each.move.id, self.browse())) for each in wanted]
        return [pair for pair in pairs if not pair[1]._answers(pair[0])]

    def _answers(self, decision):
        """Return whether there is a question, and it is about this charge."""
        return bool(self) and self._fits(decision)

    def _get_changer(self):
        """Return who changed what was asked for; nobody when a job found it out."""
        person = self._get_person()
        return person if self else person.browse()

    @api.model
    def _get_person(self):
        """Return who is at work; nobody when it is a job."""
        user = self.env.user
        return user.browse() if user._is_superuser() else user

    def _prepare_request_vals(self, decision, user):
        move = decision.move
        return {
            "move_id": move.id,
            "company_id": move.company_id.id,
            "currency_id": move.currency_id.id,
            "amount": decision.amount,
            "token_id": decision.token.id,
            "requested_by_id": (user or move.autopay_marked_by_id).id,
        }

    def _ask(self):
        """Give a second billing manager an activity."""
        self.ensure_one()
        self.activity_schedule(
            "autopay.mail_activity_type_attention",
            summary=self.env._(
                "Approve the charge of %(amount)s for %(invoice)s",
                amount=self.currency_id.format(self.amount),
                invoice=self.move_id.display_name,
            ),
            user_id=self._get_second_person().id or self.env.uid,
        )

    def _get_second_person(self):
        """Return the billing manager who is asked: not the one who asks."""
        responsible = self.company_id._get_autopay_responsible()
        managers = self.company_id._get_autopay_managers()
        second = managers - self._get_first_persons()
        # Without a second one, whoever is in charge must hear that one is lacking.
        return responsible & second or second.sorted("id")[:1] or responsible
