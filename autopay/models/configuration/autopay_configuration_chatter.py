from odoo import api, models


class AutopayConfigurationChatter(models.AbstractModel):
    """Tells the customer's chatter what becomes of the configurations, for staff."""

    _name = "autopay.configuration.chatter"
    _description = "Notes about Autopay Configurations"

    @api.ondelete(at_uninstall=False)
    def _unlink_tell(self):
        for configuration in self:
            configuration._log_on_customer(
                self.env._(
                    "Autopay configuration removed: %s.", configuration._get_words()
                )
            )

    def _log_changes(self, words, enabled, locked):
        """Tell the customer's chatter what a change came to.

        :param words: what the configuration did before
        :param enabled: whether it was enabled before
        :param locked: whether it was locked before
        """
        now = self._get_words()
        if words != now:
            self._log_on_customer(
                self.env._(
                    "Autopay configuration changed: %(before)s → %(after)s.",
                    before=words,
                    after=now,
                )
            )
        if enabled != self.enabled:
            self._log_on_customer(
                self.env._("Autopay configuration enabled: %s.", now)
                if self.enabled
                else self.env._("Autopay configuration disabled: %s.", now)
            )
        if locked != self.locked:
            self._log_on_customer(self._get_lock_note(now))

    def _get_lock_note(self, words):
        if not self.locked:
            return self.env._("Autopay configuration unlocked: %s.", words)
        return self.env._(
            "Autopay configuration locked: %(configuration)s. Reason: %(reason)s",
            configuration=words,
            reason=self.lock_reason,
        )

    def _log_on_customer(self, text):
        """Leave a note in the customer's chatter, for staff."""
        self.partner_id.sudo()._message_log(
            body=text, author_id=self.env.user.partner_id.id
        )
