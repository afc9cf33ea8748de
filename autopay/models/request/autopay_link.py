import re
from datetime import timezone

from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ...browser_values import is_id

# As links are signed; longer ones, and other characters, are nobody's.
LINK = re.compile(r"[A-Za-z0-9_-]{40,512}")


class AutopayLink(models.AbstractModel):
    """Signed links, by which people do one thing with one record without logging in.

    A signature cannot be taken back: the record says whether its link still holds.
    """

    _name = "autopay.link"
    _description = "Signed Links"

    @api.model
    def _sign(self, scope, record, expiry):
        """Return what a link carries: the record, and proof that we wrote it.

        :param str scope: what the link is for; none opens anything of another scope
        :param datetime expiry: when it becomes nobody's link, in UTC
        """
        return self._sign_values(scope, {"id": record.id}, expiry)

    @api.model
    def _sign_values(self, scope, values, expiry):
        """Return what a link carries that is about more than one record.

        :param str scope: see ``_sign``
        :param dict values: they have to fit into the 512 characters of a link
        :param datetime expiry: when it becomes nobody's link, in UTC
        """
        moment = expiry.replace(tzinfo=timezone.utc)
        return hash_sign(self.sudo().env, scope, values, moment)

    @api.model
    def _read(self, scope, text, model):
        """Return the record of a link, with all rights; empty for any other text.

        :param str scope: see ``_sign``
        :param text: what stands in the address, whatever it is
        :param str model: the model of the record
        """
        nothing = self.env[model].sudo().browse()
        values = self._read_values(scope, text)
        if not is_id(values.get("id")):
            return nothing
        return nothing.browse(values["id"]).exists()

    @api.model
    def _read_values(self, scope, text):
        """Return what we have signed; an empty dict for any other text.

        :param str scope: see ``_sign``
        :param text: what stands in the address, whatever it is
        """
        if not isinstance(text, str) or not LINK.fullmatch(text):
            return {}
        try:
            # Odoo answers None to a forged text, and raises on junk.
            values = verify_hash_signed(self.sudo().env, scope, text)
        except ValueError:
            return {}
        return values if isinstance(values, dict) else {}
