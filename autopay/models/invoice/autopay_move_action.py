from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...const.retry import NEEDS_METHOD_CLASSES
from ...rights import check_billing
from ...words.invoices.mass_actions import get_count_sentence, get_skip_sentence

# Documents that can be put on autopay, as against those that are skipped.
TAKEN_GROUPS = ("fresh", "retry")


class AutopayMoveAction(models.Model):
    """The buttons with which people put invoices on autopay and take them off.

    One rule for one invoice and for many: what was collected, is paid or is being
    collected stays as it is. One invoice that cannot be taken is refused in words; of
    many they are counted.
    """

    _inherit = "account.move"

    # === CONSTRAINT METHODS === #

    @api.constrains("autopay_status")
    def _check_autopay_kind(self):
        """Let nothing but customer invoices be put on autopay, also by an import.

        :raises ValidationError: when something else was
        """
        if any(
            move.autopay_status and move.move_type != "out_invoice"
            for move in self.sudo()
        ):
            raise ValidationError(
                self.env._("Autopay collects customer invoices only.")
            )

    # === ACTION METHODS === #

    def action_autopay_make_eligible(self):
        """Put the invoices on autopay, with the date by the company's rule.

        Of many, those whose last charge failed are asked about once.

        :return: for many, a client action that tells how many were taken
        :raises UserError: when the only invoice cannot be taken, or none of many is a
            customer invoice
        """
        self._check_autopay_action()
        groups = self._group_for_eligible()
        if len(self) == 1:
            self._refuse_if_skipped(next(iter(groups)))
        elif groups.keys() <= {"not_invoice"}:
            raise UserError(self.env._("Autopay collects customer invoices only."))
        elif groups.keys() & {"retry", "needs_method"}:
            return self._ask_about_failed()
        return self._put_on_autopay(groups)

    def action_autopay_remove(self):
        """Take the invoices off autopay.

        :return: for many, a client action that tells how many were taken off
        :raises UserError: when the only invoice is being collected, or was
        """
        self._check_autopay_action()
        groups = self.grouped(lambda move: move._get_removal_group())
        if len(self) == 1:
            self._refuse_if_skipped(next(iter(groups)))
        removed = groups.pop("on", self.browse())
        removed.write({"autopay_status": False})
        removed._write_autopay({"autopay_retry_date": False})
        return len(self) > 1 and self._get_counts_action(
            "removed", len(removed), groups
        )

    def action_autopay_charge_now(self):
        """Open the wizard that charges these invoices right away."""
        check_billing(self)
        xml_id = "autopay.autopay_charge_now_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        context = {"default_move_ids": self.ids, "dialog_size": "extra-large"}
        return {**action, "context": context}

    # === BUSINESS METHODS === #

    def _leave_autopay_as(self, move_type):
        """Take drafts off autopay that become something else than a customer invoice.

        :param str move_type: what they are from now on
        """
        if move_type == "out_invoice":
            return
        marked = self._filter_autopay_known().sudo().filtered("autopay_status")
        marked._write_autopay({"autopay_status": False})

    def _check_autopay_action(self):
        check_billing(self)
        self.check_access("write")

    def _group_for_eligible(self):
        """Return {group: invoices}: what putting them on autopay would do with them.

        *fresh* and *retry* are taken; the other groups are the keys of
        ``mass_words.SKIP_SENTENCES``.
        """
        busy = self._get_autopay_live_lines().move_id
        failed = self.filtered(
            lambda move: move.autopay_status == "error" and move not in busy
        )
        stuck = failed._filter_needing_method()
        # Whether a refund is still owed is said of each invoice by itself.
        asked = self.filtered("autopay_refunded") if len(self) > 1 else self.browse()
        return self.grouped(
            lambda move: (
                "refunded"
                if move in asked
                else move._get_eligible_group(move in busy, move in stuck)
            )
        )

    def _get_eligible_group(self, busy, stuck):
        rows = [
            ("not_invoice", self.move_type != "out_invoice"),
            ("busy", busy),
            ("canceled", self.state == "cancel"),
            ("settled", self._is_autopay_settled()),
            ("disputed", self.autopay_in_dispute and self.autopay_status == "error"),
            ("needs_method", stuck),
            ("retry", self.autopay_status == "error"),
            ("already", self._is_autopay_complete()),
        ]
        return next((code for code, holds in rows if holds), "fresh")

    def _is_autopay_complete(self):
        """Return whether an invoice is on autopay and lacks nothing for it."""
        eligible = self.autopay_status == "eligible" and not self.autopay_crash_count
        return eligible and bool(self.autopay_date or self.state != "posted")

    def _get_removal_group(self):
        busy = self.autopay_status == "in_progress" or self._get_autopay_live_lines()
        rows = [
            ("busy", busy),
            ("settled", self.autopay_status == "success"),
            ("off", not self.autopay_status),
        ]
        return next((code for code, holds in rows if holds), "on")

    def _is_autopay_settled(self):
        return self.state == "posted" and not self._is_autopay_open()

    def _filter_needing_method(self):
        """Return the failed invoices that no further try can collect.

        The method that pays is missing or unusable, or it is the one of which the
        bank has said that another is needed.
        """
        decisions = self.env["autopay.decision"].sudo()._decide(self.sudo(), "now")
        codes = self.env["autopay.decision"]._get_blocker_table().payer_codes
        return self.filtered(lambda move: needs_method(decisions[move.sudo()], codes))

    def _refuse_if_skipped(self, group):
        """Refuse one invoice that is left as it is.

        :raises UserError: why
        """
        if group == "busy":
            self._check_autopay_free()
        if group == "disputed":
            self._check_autopay_undisputed()
        if group == "needs_method":
            decision = self.env["autopay.decision"].sudo()._decide(self.sudo(), "now")
            raise UserError(decision[self.sudo()].get_words(self.env))
        if sentence := get_skip_sentence(self.env, group):
            raise UserError(sentence)

    def _put_on_autopay(self, groups):
        """Make eligible what can be.

        :param dict groups: as of ``_group_for_eligible``
        :return: for many, a client action that tells the counts
        """
        taken = self.browse().union(
            *(groups.get(key, self.browse()) for key in TAKEN_GROUPS)
        )
        taken._set_autopay_eligible()
        left = {key: moves for key, moves in groups.items() if key not in TAKEN_GROUPS}
        return len(self) > 1 and self._get_counts_action("eligible", len(taken), left)

    def _ask_about_failed(self):
        """Open the question whether to try failed invoices again."""
        wizard = self.env["autopay.retry"].create({"move_ids": self.ids})
        return wizard._get_action()

    def _get_counts_action(self, done, count, left):
        """Return the action that tells how many were taken, and why not the rest."""
        counts = {key: len(moves) for key, moves in left.items()}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if any(counts.values()) else "success",
                "sticky": any(counts.values()),
                "message": get_count_sentence(self.env, done, count, counts),
                # Lists and forms behind it are read anew.
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def needs_method(decision, payer_codes):
    """Return whether only another payment method collects an invoice that failed."""
    if decision.blocker in payer_codes:
        return True
    attempts = decision.move.autopay_attempt_ids.sorted("id")
    last = attempts[-1:]
    declined = last.state == "declined" and last.decline_class in NEEDS_METHOD_CLASSES
    return declined and last.token_id == decision.token
