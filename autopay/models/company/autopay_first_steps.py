from odoo import api, models
from odoo.exceptions import UserError

from ...rights import MANAGER_GROUP
from ...words.amounts import format_amount
from ...words.filled import fill_in
from ...words.start.first_steps import (
    DUE_AT_MOST,
    STEPS,
    get_due_words,
    get_step_words,
)

# Invoices of which a page that is opened says one by one whether they are charged.
FEW = 500


class AutopayFirstSteps(models.AbstractModel):
    """The way from the installation to the first charge, as a list to be ticked off."""

    _name = "autopay.first.steps"
    _description = "First Steps of Autopay"

    @api.model
    def _get_steps(self, company):
        """Return what is to be done before a company collects, in its order.

        :return: a list of dicts with *code*, *title*, *text*, *is_done*, *is_needed*:
            whether nothing is collected without it
        """
        company = company.sudo()
        providers = self._get_providers(company)
        tellers = providers.filtered(lambda rec: rec.code == "stripe")
        done = {
            "provider": bool(providers.filtered(lambda rec: rec._is_autopay_usable())),
            "saving": any(
                rec.allow_tokenization and rec.is_published for rec in providers
            ),
            "webhook": all(tellers.mapped("autopay_webhook_secret")),
            "policy": company.autopay_enabled,
            "person": bool(company.autopay_responsible_id),
            "customers": self._has_consent(company),
            "preview": self._is_previewed(company),
            "charge": self._has_charged(company, [("state", "=", "succeeded")]),
        }
        return [
            {
                "code": code,
                "is_done": done[code],
                "is_needed": step.is_needed,
                **get_step_words(self.env, step),
            }
            for code, step in STEPS.items()
            # Other providers tell Autopay nothing by themselves.
            if code != "webhook" or tellers
        ]

    @api.model
    def _is_done(self, company):
        """Return whether nothing is left to do before a company collects."""
        return all(
            step["is_done"] for step in self._get_steps(company) if step["is_needed"]
        )

    # === WHETHER THE APP OPENS ON THEM === #

    @api.model
    def _is_first(self, company):
        """Return whether the app opens on them for the user, instead of the overview.

        That is until nothing is left that collecting needs, or somebody puts them off.
        """
        put_off = company.sudo().autopay_steps_put_off
        return not put_off and self._is_needed(self._get_left(company))

    @api.model
    def _count_left(self, company):
        """Return of how many the overview reminds the user."""
        left = self._get_left(company)
        put_off = company.sudo().autopay_steps_put_off
        return len(left) if self._is_needed(left) or not put_off else 0

    def _get_left(self, company):
        """Return the steps that are left for a user who may do them.

        A company that has charged knows its way: what is missing then is trouble, and
        the overview tells of it.
        """
        user = self.env.user
        may = user.has_group(MANAGER_GROUP) or user.has_group("base.group_system")
        if not may or self._has_charged(company):
            return []
        return [step for step in self._get_steps(company) if not step["is_done"]]

    def _is_needed(self, steps):
        return any(step["is_needed"] for step in steps)

    def _has_charged(self, company, domain=()):
        charges = self.env["autopay.attempt"].sudo()
        own = [("company_id", "=", company.id), *domain]
        return bool(charges.search_count(own, limit=1))

    # === WHAT IS DONE === #

    def _get_providers(self, company):
        domain = [("company_id", "parent_of", company.id), ("state", "!=", "disabled")]
        return self.env["payment.provider"].sudo().search(domain)

    def _has_consent(self, company):
        domain = [
            ("company_id", "=", company.id),
            ("revoked_date", "=", False),
            ("token_id.active", "=", True),
        ]
        return bool(
            self.env["autopay.authorization"].sudo().search_count(domain, limit=1)
        )

    def _is_previewed(self, company):
        domain = [("company_ids", "in", company.ids), ("state", "=", "done")]
        return bool(self.env["autopay.dry.run"].sudo().search_count(domain, limit=1))

    @api.model
    def _get_action(self, code):
        """Return the action that leads to where a step is done.

        :raises UserError: when only an administrator may do it
        """
        step = STEPS[code]
        if step.is_technical and not self.env.user.has_group("base.group_system"):
            raise UserError(
                self.env._("Only an administrator can set up providers: ask one.")
            )
        return self.env["ir.actions.actions"]._for_xml_id(step.action)

    # === WHAT SWITCHING ON COMES TO === #

    @api.model
    def _get_prospect(self, company):
        """Return how many customers are ready, and what the next run would charge.

        :return: two sentences; the first is empty where nobody was invoiced
        """
        return self._get_ready_words(company), self._get_due_words(company)

    def _get_ready_words(self, company):
        """Count those who were invoiced within a year, by whether a method can pay."""
        ready, count = self._count_ready(company)
        if not count:
            return ""
        return self.env._(
            "%(ready)s of %(count)s customers who were invoiced within a year have a "
            "payment method that can be charged.",
            ready=ready,
            count=count,
        )

    def _count_ready(self, company):
        """Return how many customers can be charged, and how many were invoiced.

        :return: two numbers, also where autopay never was on
        """
        report = self.env["autopay.readiness.report"].sudo()
        counts = dict(
            report.with_context(autopay_prospect=True)._read_group(
                [("company_id", "=", company.id)], ["state"], ["__count"]
            )
        )
        ready = counts.get("ready", 0) + counts.get("expiring", 0)
        return ready, sum(counts.values())

    def _get_due_words(self, company):
        """Count what the next run charges, with retries, and what is blocked."""
        moves = self.env["account.move"].sudo()
        due = moves._get_autopay_due_domain(company, company._get_autopay_today())
        sums = ["__count", "amount_residual_signed:sum"]
        [(count, amount)] = moves._read_group(due, [], sums)
        if count > FEW:
            shown = format_amount(self.env, company.currency_id, amount)
            return fill_in(self.env, DUE_AT_MOST, count=count, amount=shown)
        charged, amount = self._foresee_run(company, moves.search(due))
        shown = format_amount(self.env, company.currency_id, amount)
        return get_due_words(self.env, charged, shown, count - charged)

    def _foresee_run(self, company, moves):
        """Return how many invoices a run would charge were it on, and their sum.

        :return: a number, and an amount in the company's currency (major units)
        """
        decisions = self.env["autopay.decision"].sudo()._decide_as_if_on(moves)
        charged = [each for each in decisions.values() if not each.blocker]
        own, today = company.currency_id, company._get_autopay_today()
        return len(charged), sum(
            each.move.currency_id._convert(each.amount, own, company, today)
            for each in charged
        )
