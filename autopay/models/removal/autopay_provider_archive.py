from odoo import api, fields, models

from ...rights import check_administrator
from ...words.methods.archives import (
    get_archived_words,
    get_leaving_words,
    get_returned_words,
)

# The name of the calls to a person, with the id of the provider behind it.
WAIT = "provider_archive:"


class AutopayProviderArchive(models.Model):
    """Brings methods back that Odoo archived when their provider was disabled.

    Odoo archives all saved methods of a provider that is disabled, or changes between
    test and live mode, and leaves them archived: customers on autopay would have lost
    theirs without a word.
    """

    _inherit = "payment.provider"

    autopay_archived_count = fields.Integer(
        string="Methods Archived with It",
        compute="_compute_autopay_archived_count",
        compute_sudo=True,
        groups="base.group_system",
        help="Methods under a consent in force that were archived when the provider "
        "was disabled and are not back.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_autopay_archived_count(self):
        used = self._filter_autopay_used()
        (self - used).autopay_archived_count = 0
        for provider in used:
            found = provider.state != "disabled" and provider._find_autopay_archived()
            provider.autopay_archived_count = len(found or ())

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `payment` to bring back what was archived with a provider."""
        used = self._filter_autopay_turning(vals)
        if not used:
            return super().write(vals)
        leaving = used._note_autopay_archiving(vals["state"])
        ours = self.with_context(autopay_provider_off=True)
        res = super(AutopayProviderArchive, ours).write(vals)
        for provider, payers in leaving.items():
            provider._alert_autopay_archived(payers)
        for provider in used.filtered(lambda rec: rec.state != "disabled"):
            provider._bring_back_autopay()
        return res

    def _filter_autopay_turning(self, vals):
        """Return those of companies with Autopay that get another state."""
        if "state" not in vals:
            return self.browse()
        changed = self.filtered(lambda rec: rec.state != vals["state"])
        return changed._filter_autopay_used()

    # === ACTION METHODS === #

    def action_autopay_bring_back(self):
        """Bring back the methods that were archived with the provider.

        :return: a client action that tells how many came back
        :raises AccessError: for everybody but administrators
        """
        self.ensure_one()
        check_administrator(self)
        words = self._bring_back_autopay()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": words,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _note_autopay_archiving(self, state):
        """Note on methods that they are about to be archived with their provider.

        Only those under a consent in force: what a customer has taken away, or does not
        agree to any more, does not come back. The mode counts, since a method that was
        saved in test mode cannot be charged in the other one.

        :param str state: the one that the providers get: who goes live after tests
            leaves the methods of tests behind, and nobody is to be told
        :return: {provider: the customers concerned} of those with any to be told of
        """
        leaving = {}
        for provider in self.sudo().filtered(lambda rec: rec.state != "disabled"):
            tokens = (
                self.env["payment.token"]
                .sudo()
                .search([("provider_id", "=", provider.id), *_get_agreed_domain()])
            )
            tokens.autopay_archived_mode = provider.state
            if tokens and (provider.state, state) != ("test", "enabled"):
                own = provider.with_env(self.env)
                leaving[own] = tokens.partner_id.commercial_partner_id
        return leaving

    def _find_autopay_archived(self):
        """Return the methods that were archived with the provider and can come back."""
        tokens = self.env["payment.token"].sudo().with_context(active_test=False)
        return tokens.search(
            [
                ("provider_id", "=", self.id),
                ("active", "=", False),
                ("autopay_archived_mode", "=", self.state),
                ("partner_id.active", "=", True),
                *_get_agreed_domain(),
            ]
        )

    def _bring_back_autopay(self):
        """Bring back what can be brought back, and say so.

        Each is read again at the provider: it may have been taken away there meanwhile.

        :return: what came back and what did not, as sentences; "" without any
        """
        found = self._find_autopay_archived()
        if not found:
            return ""
        # Odoo unarchives nothing of a kind of method that is switched off.
        able = found.filtered("payment_method_id.active")
        able.write(
            {
                "active": True,
                "autopay_archived_mode": False,
                "autopay_read_date": False,
            }
        )
        service = self._get_autopay_service()
        words = get_returned_words(service.env, self, able, found - able)
        service._close_waiting(self._get_autopay_archive_wait(), words)
        if found - able:
            self._alert_autopay(words)
        return words

    def _alert_autopay_archived(self, payers):
        """Call one person about all customers who have lost a method.

        :param payers: the customers
        """
        service = self._get_autopay_service()
        self._alert_autopay(get_archived_words(service.env, self, payers))

    def _alert_autopay(self, note):
        service, company = self._get_autopay_service(), self._get_autopay_alerted()
        summary = service.env._(
            "%s: payment methods of customers are archived", self.sudo().name
        )
        service._alert(
            company.partner_id.with_env(service.env),
            company,
            summary,
            note,
            wait=self._get_autopay_archive_wait(),
        )

    def _get_autopay_service(self):
        notification = self.env["autopay.notification"]
        return notification._for_staff(self._get_autopay_alerted())

    def _get_autopay_alerted(self):
        """Return the company whose staff are called: the provider's, or a branch."""
        company = self.sudo().company_id
        if company.autopay_enabled:
            return company
        branches = [("id", "child_of", company.id), ("autopay_enabled", "=", True)]
        return company.search(branches, order="id", limit=1) or company

    def _get_autopay_archive_wait(self):
        return f"{WAIT}{self.id}"

    @api.model
    def _get_autopay_archive_told(self):
        """Return the ids of providers whose lost methods a person sees to by now."""
        calls = self.env["mail.activity"].sudo()
        open_calls = calls.search([("autopay_wait", "=like", f"{WAIT}%")])
        return {int(call.autopay_wait.removeprefix(WAIT)) for call in open_calls}

    def _get_autopay_leaving_words(self):
        """Return who loses a method when the provider is disabled, "" of nobody."""
        payers = self._get_autopay_agreed_payers()
        return get_leaving_words(self.env, payers) if payers else ""


def _get_agreed_domain():
    return [("autopay_authorization_ids", "any", [("revoked_date", "=", False)])]
