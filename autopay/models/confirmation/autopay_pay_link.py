from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models

from ...browser_values import is_id
from ...const.invoice import UNPAID_STATES
from ...const.links.payment import (
    MOST_LINKED,
    PAY_DAYS,
    PAY_PATH,
    PAY_SCOPE,
    TOLD_DAYS,
)
from ...words.portal.confirmations import get_payable_words
from .payable import Payable, PayPage


class AutopayPayLink(models.AbstractModel):
    """Links by which a customer pays invoices whose charge has failed.

    Who holds one sees these invoices and nothing else of the customer. No saved method
    is charged from it: the customer pays on Odoo's own page, or saves another method.
    """

    _name = "autopay.pay.link"
    _description = "Links to Failed Invoices"

    # === LINK === #

    @api.model
    def _get_url(self, payer, company, moves, may_save=False):
        """Return the address of a page with these failed invoices; "" without any.

        It names the first 22: a mail that has more says so.

        :param payer: the customer, a commercial entity
        :param moves: invoices of this customer and company
        :param bool may_save: whether all who get it may say with what the customer
            pays, see ``autopay.request.contacts``
        """
        if not moves:
            return ""
        return company.get_base_url() + self._get_path(payer, company, moves, may_save)

    @api.model
    def _get_path(self, payer, company, moves, may_save=False):
        """Return the path of the same page; the same on the same day."""
        last_day = fields.Date.today() + timedelta(days=PAY_DAYS + 1)
        until = datetime.combine(last_day, time(), timezone.utc)
        values = {
            "p": payer.id,
            "c": company.id,
            "m": moves.ids[:MOST_LINKED],
            "u": int(until.timestamp()),
            "s": int(may_save),
        }
        last = until + timedelta(days=TOLD_DAYS)
        signed = self.env["autopay.link"]._sign_values(PAY_SCOPE, values, last)
        return PAY_PATH + signed

    @api.model
    def _find_by_link(self, text):
        """Return the ``PayPage`` of a link, None when it is nobody's."""
        values = self.env["autopay.link"]._read_values(PAY_SCOPE, text)
        ids = values.get("m")
        if not (ids and all(map(is_id, [values.get("p"), values.get("c"), *ids]))):
            return None
        payer = self.env["res.partner"].sudo().browse(values["p"]).exists()
        company = self.env["res.company"].sudo().browse(values["c"]).exists()
        moves = self._get_own(payer, company, ids)
        if not moves:
            return None
        until = datetime.fromtimestamp(values["u"], timezone.utc).replace(tzinfo=None)
        return PayPage(payer, company, moves, until, bool(values["s"]))

    def _get_own(self, payer, company, move_ids):
        """Return the invoices that are still this customer's, in this company."""
        domain = [
            ("id", "in", move_ids),
            ("commercial_partner_id", "=", payer.id),
            ("company_id", "=", company.id),
            ("move_type", "=", "out_invoice"),
        ]
        moves = self.env["account.move"].sudo().with_company(company)
        return moves.search(domain, order="invoice_date_due, id")

    # === PAGE === #

    @api.model
    def _is_valid(self, page):
        """Return whether a link can still be used."""
        in_use = page.company.autopay_known and page.payer.active
        return in_use and page.valid_until > fields.Datetime.now()

    @api.model
    def _is_ahead(self, page):
        """Return whether the page is about charges to come: none of them has failed."""
        return all(
            move.autopay_status == "eligible" and not move.autopay_failed_before
            for move in page.moves
        )

    @api.model
    def _get_rows(self, page):
        """Return the ``Payable`` of each invoice of a page."""
        return [self._get_row(move) for move in page.moves]

    def _get_row(self, move):
        waiting = move._get_autopay_waiting_attempt()
        state = self._get_state(move, waiting)
        confirmation = self.env["autopay.confirmation"]
        return Payable(
            move=move,
            state=state,
            words=get_payable_words(self.env, move, state, waiting),
            confirm_path=confirmation._get_path(waiting) if waiting else "",
        )

    def _get_state(self, move, waiting):
        if waiting:
            return "confirm"
        if move.payment_state not in UNPAID_STATES and move.state == "posted":
            return "paid"
        if move._is_autopay_held():
            return "held"
        return "due" if move._has_to_be_paid() else "closed"

    @api.model
    def _get_collectable(self, page):
        """Return the invoices of a page that another method can be charged with."""
        failed = self.env["autopay.recollect"]._get_moves(page.company, page.payer)
        return page.moves & failed

    # === ANOTHER METHOD === #

    @api.model
    def _get_consent(self, page):
        """Return the words that the customer agrees to, and their hash."""
        opener = self.env["autopay.setup.opener"].sudo()
        text = opener._get_text(page.payer, page.company, "autopay")
        return text, opener._get_text_hash(text)

    @api.model
    def _can_save(self, page):
        """Return whether another method can be saved on a page of the provider."""
        opener = self.env["autopay.setup.opener"].sudo()
        return bool(
            page.may_save
            and page.company.autopay_enabled
            and opener._get_provider(page.company, page.payer)
        )

    @api.model
    def _begin(self, page, visitor):
        """Return the address of the page on which the customer saves a method; commits.

        :param visitor: a ``Visitor``; what he has ticked is charged afterwards
        :raises SetupError: why there is none
        """
        setups = self.env["autopay.method.setup"]
        return setups._open(page.payer, page.company, "autopay", "link", visitor)
