from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...rights import check_manager
from ...words.days import say_day

LOCK_FIELDS = {"locked", "lock_reason"}

# Fields that unlocking clears.
UNLOCKED = dict.fromkeys(
    ("lock_reason", "locked_by_id", "locked_date", "locked_after"), False
)

# Fields that may change while locked: others are moved around it, its place stays.
MOVE_FIELDS = {"sequence"}


class AutopayConfigurationLock(models.AbstractModel):
    """The padlock: what is locked stays as it is, and where it is in the order.

    It binds everybody, whatever rights they have; only billing managers unlock. The
    configurations that stood before it when it was locked are remembered: no other is
    ever tried before it, however it came there.
    """

    _name = "autopay.configuration.lock"
    _description = "Padlock of a Payment Rule"

    locked = fields.Boolean(
        copy=False, help="Nobody can change, move, disable or remove it."
    )
    lock_reason = fields.Char(copy=False, help="Shown to staff and to the customer.")
    locked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    locked_date = fields.Datetime(readonly=True, copy=False)
    locked_after = fields.Json(
        readonly=True,
        copy=False,
        help="Ids of the payment rules that stood before it when it was locked.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("sequence", "locked", "partner_id", "company_id")
    def _check_lock_order(self):
        """Refuse whatever would be tried before a locked one and was not before."""
        siblings = self._get_siblings()
        for configurations in siblings.grouped(self._get_list_key_of).values():
            shown = configurations.sorted(self._get_order_key_of)
            for found, expected in zip(
                shown, configurations._get_ordered(), strict=True
            ):
                if found != expected:
                    raise ValidationError(expected._get_lock_sentence())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to lock what is complete, not what is being made."""
        locks = [
            {name: vals.pop(name) for name in LOCK_FIELDS & vals.keys()}
            for vals in vals_list
        ]
        configurations = super().create(vals_list)
        for configuration, lock in zip(configurations, locks, strict=True):
            if lock.get("locked"):
                configuration.write(lock)
        return configurations

    def write(self, vals):
        """Override of `base`: what is locked does not change.

        :raises AccessError: when somebody but a billing manager locks or unlocks
        :raises UserError: when something else of a locked one changes
        """
        if vals.keys() - LOCK_FIELDS - MOVE_FIELDS:
            self._check_unlocked()
        if not LOCK_FIELDS & vals.keys():
            return super().write(vals)
        check_manager(self)
        if not vals.get("locked"):
            return super().write({**vals, **(UNLOCKED if "locked" in vals else {})})
        for configuration in self.filtered(lambda rec: not rec.locked):
            locked = configuration._prepare_locked_vals(vals)
            super(AutopayConfigurationLock, configuration).write(locked)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_unlocked()

    # === BUSINESS METHODS === #

    def _prepare_locked_vals(self, vals):
        """Return what locks: who did it, when, and what stands before it."""
        if not (vals.get("lock_reason") or "").strip():
            raise UserError(self.env._("Say why the payment rule is locked."))
        return {
            **vals,
            "locked_by_id": self.env.uid,
            "locked_date": fields.Datetime.now(),
            "locked_after": self._get_before().ids,
        }

    def _check_unlocked(self):
        """Refuse to go on with what is locked.

        :raises UserError: who locked it, when and why
        """
        for configuration in self.sudo().filtered("locked")[:1]:
            raise UserError(configuration._get_lock_sentence())

    def _get_lock_sentence(self):
        self.ensure_one()
        locked = self.sudo()
        return self.env._(
            "“%(configuration)s” is locked by %(user)s since %(date)s: %(reason)s It "
            "stays as it is, and what stands before it too, until a billing manager "
            "unlocks it.",
            configuration=locked.display_name,
            user=locked.locked_by_id.name,
            date=say_day(self.env, locked.locked_date),
            reason=(locked.lock_reason or "").rstrip(".") + ".",
        )

    # === ORDER === #

    @api.model
    def _get_list_key_of(self, configuration):
        """Return to which list a configuration belongs."""
        return configuration.partner_id, configuration.company_id

    @api.model
    def _get_order_key_of(self, configuration):
        """Return where it stands; what is not saved yet comes last of its number."""
        saved_id = configuration._origin.id
        return configuration.sequence, not saved_id, saved_id or 0

    def _get_siblings(self):
        """Return all configurations of the lists that these belong to."""
        lists = self.sudo()
        return lists.search(
            [
                ("partner_id", "in", lists.partner_id.ids),
                ("company_id", "in", lists.company_id.ids),
            ]
        )

    def _get_before(self):
        """Return the configurations that are tried before this one."""
        self.ensure_one()
        siblings = self._get_siblings().grouped(self._get_list_key_of)
        mates = siblings[self._get_list_key_of(self.sudo())]
        ordered = mates._get_ordered()
        return ordered[: ordered.ids.index(self.id)]

    def _get_ordered(self):
        """Return these configurations of one list in the order they are tried."""
        return self.sorted(self._get_order_key_of)._keep_locked_ahead()

    def _keep_locked_ahead(self):
        """Return this order with nothing before a locked one that was not before."""
        ordered = self
        for locked in ordered.filtered("locked"):
            position = list(ordered).index(locked)
            allowed = set(locked.locked_after or ())
            before, after = ordered[:position], ordered[position + 1 :]
            jumped = before.filtered(lambda rec, ids=allowed: rec._origin.id not in ids)
            ordered = (before - jumped) + locked + jumped + after
        return ordered

    def _renumber(self):
        """Give the configurations of one list the order in which they are here.

        The numbers are written at once: between one and the next, something would seem
        to overtake what is locked.

        :raises ValidationError: when something would indeed
        """
        self.flush_model(["sequence"])
        for number, configuration in enumerate(self, start=1):
            self.env.cr.execute(
                SQL(
                    "UPDATE autopay_configuration SET sequence = %s WHERE id = %s",
                    number,
                    configuration.id,
                )
            )
        self.invalidate_model(["sequence"])
        self._check_lock_order()

    def _put_last(self):
        """Let what came from another list be tried after those that were here."""
        for mates in self._get_siblings().grouped(self._get_list_key_of).values():
            new = mates & self
            in_order = (mates - new).sorted(self._get_order_key_of)
            in_order += new.sorted(self._get_order_key_of)
            in_order._keep_locked_ahead()._renumber()
