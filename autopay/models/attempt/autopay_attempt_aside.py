from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rights import check_billing


class AutopayAttemptAside(models.AbstractModel):
    """Remembers that collected money that pays nothing is kept aside by a person.

    It is asked about once: until more of it is open, or the word is taken back, it
    holds no other invoice of the customer.
    """

    _name = "autopay.attempt.aside"
    _description = "Collected Money Kept Aside"

    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    aside_amount = fields.Monetary(
        string="Kept Aside",
        readonly=True,
        copy=False,
        help="What of the collected money pays no invoice, and holds none, either: a "
        "person has said so.",
    )
    aside_by_id = fields.Many2one(
        "res.users", string="Kept Aside by", readonly=True, copy=False
    )
    aside_date = fields.Datetime(string="Kept Aside on", readonly=True, copy=False)

    # === ACTION METHODS === #

    def action_keep_aside(self):
        """Have later invoices charged although this money is open.

        :raises UserError: when nothing of it is open
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        attempt = self.sudo()
        amount = attempt._get_unapplied_amount()
        if not attempt.currency_id.compare_amounts(amount, 0) > 0:
            raise UserError(
                self.env._("Nothing of this charge is open: there is nothing to keep.")
            )
        attempt._set_aside(amount, self.env.user, fields.Datetime.now())
        attempt._notify_aside(
            self.env._(
                "%(amount)s of %(attempt)s are kept aside: later invoices are charged "
                "although they are open.",
                amount=attempt.currency_id.format(amount),
                attempt=attempt.name,
            )
        )

    def action_ask_again(self):
        """Take the word back: this money holds the customer's next invoices again."""
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        attempt = self.sudo()
        if not attempt.aside_date:
            return
        attempt._set_aside(0.0, self.env["res.users"], False)
        attempt._notify_aside(
            self.env._(
                "%(attempt)s is no longer kept aside: as long as its money is open, "
                "the customer's invoices wait for a person.",
                attempt=attempt.name,
            )
        )

    # === BUSINESS METHODS === #

    @api.model
    def _lower_aside(self):
        """Have no word hold for money that pays something by now, or went back.

        What is taken off an invoice again was meant for that one, which may be issued
        anew: a person is asked once more.
        """
        home = self.env["res.company"]._get_autopay_home_domain()
        kept = self.sudo().search(Domain("aside_amount", ">", 0) & Domain(home))
        self.env["autopay.surplus"]._apply(self._lower_aside_stage, kept)

    def _lower_aside_stage(self, attempts):
        for attempt in attempts:
            amount = attempt._get_unapplied_amount()
            if attempt.currency_id.compare_amounts(amount, attempt.aside_amount) < 0:
                attempt._set_aside(
                    amount, attempt.aside_by_id, amount and attempt.aside_date
                )
                attempt._notify_aside(
                    self.env._(
                        "%(amount)s of %(attempt)s are still kept aside: the rest "
                        "pays something, or was given back.",
                        amount=attempt.currency_id.format(amount),
                        attempt=attempt.name,
                    )
                )

    def _get_unapplied_amount(self):
        """Return what of the collected money pays no invoice (major units)."""
        unapplied = self.env["account.move"]._find_unapplied(
            Domain("attempt_id", "in", self.ids)
        )
        return max((money.amount for money in unapplied), default=0.0)

    def _set_aside(self, amount, user, moment):
        vals = {
            "aside_amount": amount,
            "aside_by_id": user.id,
            "aside_date": moment,
        }
        self.write(vals)

    def _notify_aside(self, body):
        """Tell what was said where people look for it: the charge and its payment."""
        for record in (self, self.payment_id):
            if record:
                record.message_post(body=body)

    def _is_kept_aside(self, amount):
        """Return whether a person has said what becomes of so much of the money."""
        aside = self.aside_amount if self.aside_date else 0.0
        return bool(aside) and self.currency_id.compare_amounts(amount, aside) <= 0
