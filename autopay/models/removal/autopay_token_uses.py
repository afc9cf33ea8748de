from odoo import fields, models

from ...const.invoice import OPEN_STATUSES
from ...rights import PAYMENT_GROUPS
from ...words.methods.removals import get_use_rows
from ..attempt.autopay_attempt_schedule import RECALLABLE_STATES
from .uses import Uses


class AutopayTokenUses(models.Model):
    """Says what rests on a saved payment method."""

    _inherit = "payment.token"

    autopay_archived_mode = fields.Char(
        readonly=True,
        copy=False,
        groups=PAYMENT_GROUPS,
        help="The state that the provider had when it was disabled, and this method "
        "archived with it: enabled again in that state, it brings the method back.",
    )

    autopay_removed_date = fields.Datetime(
        string="Removed on", readonly=True, copy=False, groups=PAYMENT_GROUPS
    )
    autopay_removed_by_id = fields.Many2one(
        "res.users",
        string="Removed by",
        readonly=True,
        copy=False,
        groups=PAYMENT_GROUPS,
        ondelete="set null",
        help="Who archived it; empty when a job did, or Odoo with the provider.",
    )

    def get_linked_records_info(self):
        """Override of `payment` to name what a method pays before it is removed."""
        rows = super().get_linked_records_info()
        if not self._filter_autopay_known():
            return rows
        # Called from browsers: Odoo's own answer is empty for everybody.
        self.check_access("read")
        return [*rows, *get_use_rows(self.env, self._get_autopay_uses())]

    def _set_autopay_removed(self, with_provider):
        """Note when these methods are removed, and by whom.

        :param bool with_provider: whether nobody does but Odoo, with their provider
        """
        user = self.env.user
        is_person = not (with_provider or user._is_superuser())
        self.sudo().write(
            {
                "autopay_removed_date": not with_provider and fields.Datetime.now(),
                "autopay_removed_by_id": is_person and user.id,
            }
        )

    def _is_autopay_coming_back(self):
        """Return whether a method was archived with its provider, and returns with it.

        See ``_find_autopay_archived`` of providers.
        """
        self.ensure_one()
        token = self.sudo()
        if token.active or not token.autopay_archived_mode:
            return False
        consents = token.autopay_authorization_ids
        return token.partner_id.active and not all(consents.mapped("revoked_date"))

    def _get_autopay_uses(self):
        """Return the ``Uses`` of the method, with the rights of the system."""
        self.ensure_one()
        token = self.sudo()
        payer = token.partner_id.commercial_partner_id
        named = [("token_id", "=", token.id), ("enabled", "=", True)]
        return Uses(
            companies=self._get_autopay_default_companies(token, payer),
            configurations=token.env["autopay.configuration"].search(named),
            moves=token.env["account.move"].search(
                [
                    ("autopay_token_id", "=", token.id),
                    ("autopay_status", "in", OPEN_STATUSES),
                    ("payment_state", "in", ("not_paid", "partial")),
                ]
            ),
            late=token.env["autopay.attempt"].search(
                [
                    ("token_id", "=", token.id),
                    ("line_ids.live", "=", True),
                    ("state", "not in", RECALLABLE_STATES),
                ]
            ),
        )

    def _get_autopay_default_companies(self, token, payer):
        """Return the companies in which the method pays by default."""
        companies = token.env["res.company"].search(
            [("id", "child_of", token.company_id.id), ("autopay_known", "=", True)]
        )
        return companies.filtered(
            lambda company: payer.with_company(company).autopay_token_id == token
        )
