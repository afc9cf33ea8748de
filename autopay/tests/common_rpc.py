"""Callers from outside, and all that they must not change."""

import json
import re

from .common_portal import PortalCommon

# Texts that must never be read by people who have no business with them, or at all.
SECRETS = re.compile(r"\b(sk|rk|whsec)_\w+|client_secret|(?<!\d)\d{13,19}(?!\d)")


class RpcCommon(PortalCommon):
    """Calls from outside, by people with less rights than they would like."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._create_user("guard_employee", "base.group_user")
        other = cls.env["res.company"].create({"name": "Other"})
        cls.foreigner = cls._create_user(
            "guard_foreigner",
            "account.group_account_manager",
            company=other,
        )

    def setUp(self):
        super().setUp()
        self.invoice, self.attempt = self._leave("action_required")

    # === RECORDS === #

    def _get_models(self):
        """Return the names of all models that are ours."""
        return sorted(name for name in self.env.registry if name.startswith("autopay."))

    def _get_records(self, model):
        """Return all records there are of a model of ours, with all rights."""
        records = self.env[model].sudo()
        return records if records._abstract else records.search([])

    def _get_state(self):
        """Return what nobody may change from outside."""
        # Changes that the next commit saves were brought about before.
        self.env.cr.flush()
        tables = [name for name in self._get_models() if not self.env[name]._abstract]
        stored = {
            name: self._read_stored(self.env[name].sudo())
            for name in tables
            if not self.env[name]._transient
        }
        facts = ("state", "amount_residual", "autopay_status", "payment_state")
        return json.dumps(
            [
                stored,
                self.invoice.sudo().read(facts),
                self.attempt.transaction_id.sudo().read(["state", "amount"]),
                self._count_taken(),
            ],
            default=str,
            sort_keys=True,
        )

    def _read_stored(self, model):
        fields = [name for name, field in model._fields.items() if field.store]
        return model.search([]).read(fields)
