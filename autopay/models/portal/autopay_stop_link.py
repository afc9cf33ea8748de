from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models

from ...browser_values import is_id
from ...const.links.stop import STOP_DAYS, STOP_PATH, STOP_SCOPE, TOLD_DAYS
from .linked import LINKED, Linked

# Mails that are about nothing that could be stopped.
OTHER_MODELS = ("autopay.method.request",)


class AutopayStopLink(models.AbstractModel):
    """Links by which customers stop charges, or have single ones wait.

    Whoever holds one sees the coming charges of a customer. Only where all who got the
    mail may say how the customer pays, they change something without logging in.
    """

    _name = "autopay.stop.link"
    _description = "Links to Stop Charges"

    # === LINK === #

    @api.model
    def _get_path(self, payer, company, may_change):
        """Return the path of the page of a customer; the same on the same day."""
        last_day = fields.Date.today() + timedelta(days=STOP_DAYS + 1)
        until = datetime.combine(last_day, time(), timezone.utc)
        values = {
            "p": payer.id,
            "c": company.id,
            "u": int(until.timestamp()),
            "s": int(may_change),
        }
        last = until + timedelta(days=TOLD_DAYS)
        return STOP_PATH + self.env["autopay.link"]._sign_values(
            STOP_SCOPE, values, last
        )

    @api.model
    def _get_mail_url(self, record):
        """Return the address for the foot of a mail to a customer, "" of none.

        :param record: what the mail is written about, a notice as a rule
        """
        if not record or record._name in OTHER_MODELS:
            return ""
        if record._name == "autopay.notice" and (
            record._get_kinds()[record.kind].for_staff
        ):
            return ""
        company = record.company_id.sudo()
        if not company.autopay_enabled:
            # Nothing is charged, and the page would say that the link is over.
            return ""
        if record._name != "autopay.notice" or not record.res_id:
            # Nobody knows who reads it: a copy of a consent, or a test.
            return f"{company.get_base_url()}/my/autopay/stop?company={company.id}"
        payer = record.partner_id.commercial_partner_id
        return company.get_base_url() + self._get_path(
            payer, company, record.sudo()._may_save()
        )

    @api.model
    def _find_by_link(self, text):
        """Return the ``Linked`` of a link, None when it is nobody's."""
        values = self.env["autopay.link"]._read_values(STOP_SCOPE, text)
        if not all(is_id(values.get(name)) for name in ("p", "c")):
            return None
        payer = self.env["res.partner"].sudo().browse(values["p"]).exists()
        company = self.env["res.company"].sudo().browse(values["c"]).exists()
        if not payer or not company or payer != payer.commercial_partner_id:
            return None
        until = datetime.fromtimestamp(values["u"], timezone.utc).replace(tzinfo=None)
        return Linked(payer, company, until, bool(values.get("s")))

    @api.model
    def _is_valid(self, linked):
        """Return whether a link can still be used."""
        in_use = linked.company.autopay_enabled and linked.payer.active
        return in_use and linked.valid_until > fields.Datetime.now()

    # === PAGE === #

    @api.model
    def _get_coming(self, linked):
        """Return the service that shows and changes coming charges, for a link."""
        return self.env["autopay.portal.coming"].with_context(**{LINKED: linked})

    @api.model
    def _get_consent(self, linked):
        """Return the service that ends agreements, for a link."""
        return self.env["autopay.portal.consent"].with_context(**{LINKED: linked})
