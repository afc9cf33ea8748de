from datetime import date, timedelta

from odoo import api, models

from ...const.engine import COMBINED_INVOICES, OWN_FIELDS_CONTEXT
from ...gateways.money import AmountNotRepresentable, to_minor


class AutopayCombination(models.AbstractModel):
    """Finds the invoices of a customer that become one charge, if the company wants.

    They are paid whole, by one method, under one consent. All limits of a charge hold
    for their sum. What was declined or withdrawn together goes alone afterwards.
    """

    _name = "autopay.combination"
    _description = "Invoices That Are Charged Together"

    # === TOGETHER === #

    @api.model
    def _bring_together(self, move_ids):
        """Return the ids with those of one customer side by side, by the first of them.

        Only what is looked at in one batch can be charged together.

        :param move_ids: the ids of invoices, oldest first
        """
        moves = self.env["account.move"].browse(move_ids)
        moves.fetch(["commercial_partner_id"])
        first = {}
        for position, move in enumerate(moves):
            first.setdefault(move.commercial_partner_id.id, position)
        return moves.sorted(lambda move: first[move.commercial_partner_id.id]).ids

    @api.model
    def _group(self, decisions, ctx):
        """Return lists of the decisions that become one charge each, in order.

        :param ctx: the ``RunContext``; what a person charges now goes alone. None in a
            forecast
        """
        groups, by_key = [], {}
        for decision in decisions:
            key = self._get_key(decision, ctx)
            group = by_key.get(key) if key else None
            if group and self._fits([*group, decision]):
                group.append(decision)
                continue
            groups.append([decision])
            if key:
                by_key[key] = groups[-1]
        return groups

    def _get_key(self, decision, ctx):
        """Return what invoices have in common that go together; nothing of others."""
        move = decision.move
        if not move.company_id.autopay_combine or not self._may_combine(decision):
            return None
        provider = decision.token.provider_id
        if not self._is_combining(provider, ctx):
            return None
        term = self.env["autopay.booking"]._get_receivable_lines(move)[:1]
        return (
            decision.payer,
            decision.token,
            provider,
            decision.authorization,
            decision.configuration,
            move.currency_id,
            move.company_id,
            term.account_id,
        )

    def _is_combining(self, provider, ctx):
        """Return whether a provider takes several invoices in one charge.

        :param ctx: as in ``_group``: a forecast sets up no connection
        """
        if ctx is None:
            return provider.code in provider._get_autopay_account_types()
        gateway = self.env["autopay.engine"]._get_gateway
        return ctx.mode == "scheduled" and bool(gateway(ctx, provider))

    @api.model
    def _foresee(self, company, decisions):
        """Note on decisions of a forecast what goes together, and its sum.

        :param decisions: what is charged on one day, in the order of the engine
        """
        if not company.autopay_combine:
            return
        for group in self._group(decisions, None):
            if len(group) > 1:
                together = self._sum(group)
                for decision in group:
                    decision.together = together

    @api.model
    def _may_combine(self, decision):
        """Return whether an invoice is charged whole, and for the first time."""
        move = decision.move
        whole = move.currency_id.compare_amounts(decision.amount, move.amount_residual)
        return (
            not decision.blocker
            and not decision.discount
            and not decision.rest_date
            and decision.share.parts == 1
            and whole == 0
            and move.autopay_status == "eligible"
            and not move.autopay_failed_before
            and not self._get_failed(move)
        )

    @api.model
    def _fits(self, decisions):
        """Return whether so many invoices, and their sum, may be charged at once."""
        move, token = decisions[0].move, decisions[0].token
        currency = move.currency_id
        amount = self._sum(decisions)
        if len(decisions) > COMBINED_INVOICES or any(
            each.room is not None and currency.compare_amounts(amount, each.room) > 0
            for each in decisions
        ):
            return False
        code, places = token.provider_code, currency.decimal_places
        try:
            to_minor(amount, currency.name, places, code)
        except AmountNotRepresentable:
            return False
        return True

    @api.model
    def _sum(self, decisions):
        """Return what these decisions charge together, in their currency."""
        currency = decisions[0].move.currency_id
        return currency.round(sum(decision.amount for decision in decisions))

    @api.model
    def _get_name(self, decisions):
        """Return the invoices of a charge as customers read it: INV/1, INV/2 +3."""
        names = [decision.move.name for decision in decisions]
        more = f" +{len(names) - 2}" if len(names) > 2 else ""
        return ", ".join(names[:2]) + more

    @api.model
    def _get_room(self, decision, facts):
        """Return what one charge may take at most, in the invoice's currency, or None.

        Per month limits need not be asked: each invoice has used up its share of them.
        """
        caps = facts.caps.get((decision.payer.id, decision.token.id), ())
        limits = [(cap.max_amount, cap.currency_id) for cap in caps]
        consent = decision.authorization
        limits.append((consent.max_amount, consent.currency_id))
        company = facts.company
        limits.append((company.autopay_approval_limit, company.currency_id))
        decisions = self.env["autopay.decision"]
        currency = decision.move.currency_id
        rooms = [
            decisions._convert_down(limit, own, currency, facts)
            for limit, own in limits
            if limit
        ]
        most = decisions._get_provider_limit(decision.token, currency, facts)
        return min(rooms if most is None else [*rooms, most], default=None)

    # === ALONE AGAIN === #

    def _get_failed(self, move):
        """Return the combined attempt that was the last one on an invoice, and failed.

        As long as it is, the invoice goes alone, after the older ones of that attempt.
        """
        last = move.sudo().autopay_attempt_line_ids.attempt_id.sorted("id")[-1:]
        failed = last.state in ("declined", "canceled") and len(last.line_ids) > 1
        return last if failed else last.browse()

    def _get_waiting(self, attempt):
        """Return the invoices of a declined combined attempt that were not tried since.

        They go one after the other, oldest first.
        """
        return attempt.line_ids.move_id.filtered(
            lambda move: (
                move.autopay_status == "error" and self._get_failed(move) == attempt
            )
        )

    @api.model
    def _pass_older_first(self, decisions, ctx):
        """Return the decisions whose turn it is; the others wait for the older ones.

        :param decisions: what would be charged, oldest first
        """
        passed, ahead = [], set()
        for decision in decisions:
            failed = self._get_failed(decision.move)
            is_free = failed.state != "declined" or ctx.mode != "scheduled"
            # A blocked invoice holds no other one up, and keeps its own day.
            if is_free or decision.blocker:
                passed.append(decision)
            elif failed in ahead:
                ctx.queue.postpone(decision.move.id)
            elif self._is_older_open(decision.move, failed):
                self._wait_a_day(decision.move)
                ctx.skipped[decision.move.id] = "retry_not_due"
            else:
                ahead.add(failed)
                passed.append(decision)
        return passed

    def _is_older_open(self, move, failed):
        """Return whether an older invoice of an attempt is being charged by now."""
        others = failed.line_ids.move_id - move
        return any(
            each.autopay_status == "in_progress" and _get_age(each) < _get_age(move)
            for each in others
        )

    def _wait_a_day(self, move):
        today = move.company_id._get_autopay_today()
        self._set_retry_date(move, today + timedelta(days=1))

    @api.model
    def _stop_after(self, attempts):
        """Have younger invoices wait as long as an older one that was declined alone.

        Each further try would be one more decline of the same method.

        :param attempts: attempts that took no money
        """
        for attempt in attempts.filtered(lambda rec: rec.trigger == "scheduled"):
            if attempt.state != "declined" or len(attempt.line_ids) != 1:
                continue
            earlier = attempt.line_ids.move_id.autopay_attempt_line_ids.attempt_id
            combined = earlier.filtered(
                lambda rec: rec.state == "declined" and len(rec.line_ids) > 1
            )
            waiting = self._get_waiting(combined.sorted("id")[-1:])
            self._set_retry_date(waiting, attempt._get_retry_date())

    def _set_retry_date(self, moves, day):
        own = moves.with_context(**OWN_FIELDS_CONTEXT)
        own.write({"autopay_retry_date": day})


def _get_age(move):
    """Return what runs sort invoices by: the oldest first."""
    return move.autopay_date or date.max, move.id
