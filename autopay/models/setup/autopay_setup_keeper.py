from odoo import fields, models
from odoo.exceptions import UserError

from ...const.methods.setup import CONSENT_PURPOSES, SETUP_METHOD_TYPES
from ...words.methods.requests import get_link_over_words, get_lost_right_words


class AutopaySetupKeeper(models.AbstractModel):
    """Finishes a visit on which a method was saved: all of it, or nothing.

    Method, consent and purpose are written in one transaction, under the lock on the
    visit: whoever dies in between leaves neither a method twice nor a consent without
    one, and the next to ask the provider begins anew.
    """

    _name = "autopay.setup.keeper"
    _inherit = "autopay.stage"
    _description = "Keeps What Customers Have Saved"

    def _keep(self, setup, outcome):
        """Make the method, record the consent, and apply the purpose.

        :param outcome: a ``SetupOutcome`` that is done
        :raises UserError: when Odoo makes no method of it
        """
        if problem := self._find_problem(setup, outcome):
            self._set_mismatch(setup, problem)
            return
        setup.write({"setup_ref": outcome.setup_ref, "verify_url": False})
        token = self._make_token(setup, outcome)
        is_for_nobody = self._end_void_consent(setup)
        authorization = self._record_consent(setup, token)
        setup._set_done(token, authorization)
        self._apply_purpose(setup)
        if not is_for_nobody:
            uses = self.env["autopay.setup.uses"]
            uses._replace_same(setup)

    # === IS IT OURS === #

    def _find_problem(self, setup, outcome):
        """Return why what was saved is not what this visit is about, "" when it is."""
        uuid = self.env["res.company"]._get_autopay_database_uuid()
        reference = setup.transaction_id.reference
        pairs = {
            "reference": (reference, outcome.reference),
            "customer": (setup.customer_ref, outcome.customer_ref),
            "database": (uuid, outcome.metadata.get("autopay_database")),
        }
        wrong = [name for name, (ours, found) in pairs.items() if ours != found]
        if outcome.method_type not in SETUP_METHOD_TYPES:
            wrong.append(outcome.method_type or "type")
        return ", ".join(wrong)

    def _set_mismatch(self, setup, problem):
        """Save nothing of what is not ours, and have a person look."""
        setup.write({"mismatch": True, "reason": problem[:200]})
        notification = self.env["autopay.notification"]._for_staff(setup.company_id)
        summary = notification.env._(
            "The provider's answer does not match the visit of %s",
            setup.partner_id.display_name,
        )
        notification._alert(setup, setup.company_id, summary, problem)

    # === METHOD AND CONSENT === #

    def _make_token(self, setup, outcome):
        """Return the ``payment.token``, made by Odoo's own processing."""
        transaction = setup.transaction_id
        if not transaction.token_id:
            data = setup.provider_id._get_autopay_setup_data(
                transaction.reference, outcome
            )
            finishing = transaction.with_context(autopay_setup_finish=setup.id)
            finishing._process(setup.provider_id.code, data)
        if not transaction.token_id:
            raise UserError(
                self.env._("Odoo makes no payment method of “%s”.", outcome.method_type)
            )
        return transaction.token_id

    def _end_void_consent(self, setup):
        """Have a method pay nothing to which nobody can have agreed; call a person.

        Its customer was merged or moved meanwhile, and nobody has agreed for those who
        would pay with it; who agreed has lost the right to; or the link that led to it
        does not count any more.

        :return: whether it is such a one
        """
        if not setup._is_same_payer():
            setup.partner_id._alert_autopay_payer(setup.company_id)
        elif self._has_lost_right(setup):
            self._alert_kept(setup, get_lost_right_words)
        elif self._is_link_over(setup):
            self._alert_kept(setup, get_link_over_words)
        else:
            return False
        setup.write({"purpose": "store", "old_token_id": False})
        return True

    def _has_lost_right(self, setup):
        """Return whether somebody who was logged in may not decide any more.

        A bank account that is being verified was given while he might.
        """
        if setup.channel != "portal" or setup.purpose not in CONSENT_PURPOSES:
            return False
        contact, user = setup.contact_id, setup.user_id
        own = contact.commercial_partner_id == setup.partner_id
        gone = user.share and not user.active
        may = own and contact.autopay_portal_manager and not gone
        return not (may or setup.waiting_date)

    def _is_link_over(self, setup):
        """Return whether the link by which somebody came does not count any more.

        The provider's page stays open for a day: meanwhile somebody else may have
        answered, the time may be over, or staff may have taken the link back. Whoever
        does so at this very moment writes to the same request: one of the two has to
        begin anew.
        """
        if setup.channel != "link" or setup.purpose not in CONSENT_PURPOSES:
            return False
        # A bank account takes days to be verified: the customer was in time.
        moment = setup.waiting_date or fields.Datetime.now()
        if setup.link_until:
            return setup.link_until <= moment or self._is_overtaken(setup)
        request = setup.request_id
        return not (request and request._is_answer_awaited(moment))

    def _is_overtaken(self, setup):
        """Return whether the customer has agreed to something else meanwhile.

        Whoever has a link is not known: the second one takes nothing from the first.
        """
        later = [
            ("partner_id", "=", setup.partner_id.id),
            ("company_id", "=", setup.company_id.id),
            ("revoked_date", "=", False),
            ("create_date", ">", setup.create_date),
        ]
        return bool(self.env["autopay.authorization"].search_count(later, limit=1))

    def _alert_kept(self, setup, get_words):
        """Have a person look at a method that is kept and pays nothing.

        :param get_words: gives title and text, in the language of an environment
        """
        notification = self.env["autopay.notification"]._for_staff(setup.company_id)
        words = get_words(notification.env, setup)
        notification._alert(setup, setup.company_id, *words)

    def _record_consent(self, setup, token):
        """Return the authorization that the customer gave, or none."""
        authorizations = self.env["autopay.authorization"]
        if setup.purpose not in CONSENT_PURPOSES:
            return authorizations
        return authorizations._record(
            setup.partner_id,
            setup.company_id,
            token,
            setup.channel,
            text=setup.text,
            lang=setup.lang,
            agreed_date=setup.agreed_date,
            ip_address=setup.ip_address,
            user_agent=setup.user_agent,
            user_id=setup.user_id.id or self.env.uid,
            **self._get_kept_limits(setup),
        )

    def _get_kept_limits(self, setup):
        """Return the limits that were told: those of the method that is replaced."""
        authorizations = self.env["autopay.authorization"]
        return authorizations._get_last_limits(
            setup.partner_id, setup.company_id, setup.old_token_id
        )

    def _apply_purpose(self, setup):
        """Let the method pay what the customer wants it to pay, and tell staff."""
        payer = setup.partner_id.with_company(setup.company_id)
        if setup.authorization_id:
            payer._log_autopay_consent(
                setup.authorization_id, setup.purpose == "autopay"
            )
        else:
            payer._message_log(
                body=self.env._("%s was saved.", setup.token_id._get_autopay_label())
            )
        if setup.old_token_id:
            uses = self.env["autopay.setup.uses"]
            uses._replace(setup.old_token_id, setup.token_id, setup.company_id)
        if setup.authorization_id and setup.recollect_ids:
            recollect = self.env["autopay.recollect"]
            recollect._collect(
                setup.company_id, payer, setup.token_id, setup.recollect_ids
            )

    # === COPY === #

    def _send_copy(self, setups):
        """Hand the copies of consents to the mail queue, once each."""
        locked = setups.try_lock_for_update(allow_referencing=True)
        for setup in locked.filtered(lambda rec: not rec.copy_date):
            if authorization := setup.authorization_id:
                saved = self.env["autopay.saved.method"]
                saved._mail_copy(authorization, setup.contact_id)
                setup.copy_date = fields.Datetime.now()
        locked.next_check_date = False

    def _give_up_copy(self, setup, error):
        """Leave a copy unsent that cannot be made, and call a person."""
        setup.next_check_date = False
        saved = self.env["autopay.saved.method"]
        saved._alert_no_copy(setup.authorization_id, error)
