from odoo import fields, models

from ... import const
from ...rights import STAFF_GROUPS, check_billing


class AutopayMovePayer(models.Model):
    """Keeps on an invoice who pays it, as it was when somebody put it on autopay.

    Whoever edits contacts moves them from one company to another, or merges two; the
    card of the other one must not pay because of that.
    """

    _inherit = "account.move"

    autopay_payer_id = fields.Many2one(
        "res.partner",
        string="Payer",
        copy=False,
        prefetch=const.invoice.OWN_PREFETCH,
        readonly=True,
        index="btree_not_null",
        groups=STAFF_GROUPS,
        help="The customer whose payment methods collect this invoice. When its "
        "contact moves to another company, nothing is charged before somebody has "
        "confirmed it.",
    )

    # === CRUD METHODS === #

    def _prepare_autopay_payers(self, vals):
        """Return the invoices whose payers these values confirm, before the write.

        An invoice on autopay that is tried again, by the engine or by a person,
        confirms nobody: there is a button for that, which names who would pay.
        """
        if "partner_id" in vals:
            self._forget_autopay_payer(vals["partner_id"])
        if not vals.get("autopay_status"):
            return self.browse()
        return self.sudo().filtered(lambda move: not move.autopay_status)

    def _update_autopay_payers(self, vals, confirmed):
        """Keep who pays what was put on autopay.

        :param confirmed: what ``_prepare_autopay_payers`` returned
        """
        if "autopay_status" not in vals:
            return
        if vals["autopay_status"]:
            confirmed._keep_autopay_payer()
        else:
            self.sudo()._write_autopay_payer(self.env["res.partner"])

    # === ACTION METHODS === #

    def action_autopay_confirm_payer(self):
        """Take a person's word that the present customers pay these invoices."""
        check_billing(self)
        self.check_access("write")
        changed = self.sudo().filtered(lambda move: move._is_autopay_payer_changed())
        changed._log_autopay_payer()
        changed._keep_autopay_payer()

    # === BUSINESS METHODS === #

    def _forget_autopay_payer(self, partner_id):
        """Let the payer of drafts be noted anew that get another customer by hand."""
        drafts = self.sudo().filtered(
            lambda move: (
                move.autopay_payer_id
                and move.state == "draft"
                and move.partner_id.id != partner_id
            )
        )
        drafts._write_autopay_payer(self.env["res.partner"])

    def _keep_autopay_payer(self):
        """Note who pays from now on; a draft has no payer yet."""
        posted = self.sudo().filtered(
            lambda move: move.state == "posted" and move.autopay_status
        )
        posted._end_autopay_foreign_plans()
        for payer, moves in posted.grouped("commercial_partner_id").items():
            moves._write_autopay_payer(payer)

    def _write_autopay_payer(self, payer):
        changed = self.sudo().filtered(lambda move: move.autopay_payer_id != payer)
        if changed:
            own = changed.with_context(**const.engine.OWN_FIELDS_CONTEXT)
            own.write({"autopay_payer_id": payer.id})

    def _is_autopay_payer_changed(self):
        """Return whether somebody else would pay than when it was put on autopay."""
        self.ensure_one()
        payers = self.commercial_partner_id | self.partner_id.commercial_partner_id
        known = self.autopay_payer_id._origin
        return bool(self.autopay_status) and payers._origin != known

    def _get_autopay_payer_values(self):
        """Return what the words about a changed payer mention."""
        self.ensure_one()
        now = self.partner_id.commercial_partner_id
        before = self.autopay_payer_id
        # The display name of a contact begins with its company, perhaps the new payer.
        return {
            "now": now.name or now.display_name,
            "payer": before.name or before.display_name or "?",
        }

    def _log_autopay_payer(self):
        bodies = {
            move.id: self.env._(
                "%(user)s confirmed that %(now)s pays this invoice, before: %(payer)s.",
                user=self.env.user.name,
                **move._get_autopay_payer_values(),
            )
            for move in self
        }
        self._message_log_batch(bodies)
