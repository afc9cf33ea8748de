import json

import pytest

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_rpc import SECRETS, RpcCommon

QUIET = ("odoo.http", "odoo.sql_db", "odoo.models", "odoo.orm", "odoo.addons")
# Methods that tell everybody about any model: names and labels, no record.
ABOUT_MODELS = {
    "browse",
    "fields_get",
    "get_field_translations",
    "get_import_templates",
    "has_access",
    "has_field_access",
    "ids",
    "is_transient",
    "new",
}


@tagged("post_install", "-at_install")
class TestAttackRpcMethods(RpcCommon):
    """Every public method of every model of ours, called by everybody."""

    # === EVERY PUBLIC METHOD === #

    def _get_public_names(self, model):
        """Return the methods of a model that can be called from outside.

        What every model has is tried where there are records to get at.
        """
        common = set(dir(type(self.env["base"]))) if self.env[model]._abstract else ()
        return [
            name
            for name in dir(type(self.env[model]))
            if name not in common and self._is_public(model, name)
        ]

    def _is_public(self, model, name):
        try:
            get_public_method(self.env[model], name)
        except (AccessError, AttributeError):
            return False
        return True

    def _call_safely(self, model, name, user, args):
        """Call a method as the RPC service does; return what came back, or nothing."""
        records = self._get_records(model).with_user(user).sudo(False)
        method = get_public_method(records, name)
        try:
            with self.env.cr.savepoint():
                return method(records, *args)
        except Exception:  # noqa: BLE001 - a refusal of any kind is what we want
            return None

    def _probe(self, user):
        """Call all public methods of all our models, with several arguments."""
        before = self._get_state()
        calls = 0
        for model in self._get_models():
            for name in self._get_public_names(model):
                for args in ((), ([], ["name"])):
                    with mute_logger(*QUIET):
                        result = self._call_safely(model, name, user, args)
                    calls += 1
                    self._check_harmless(model, name, result)
        self.env.invalidate_all()
        self.assertEqual(self._get_state(), before)
        return calls

    def _check_harmless(self, model, name, result):
        """Expect that an answer holds no record's content and no secret."""
        if name in ABOUT_MODELS:
            return
        text = json.dumps(result, default=str)
        self.assertIsNone(SECRETS.search(text), f"{model}.{name}: {text[:200]}")
        own = (self.attempt.name, self.attempt.object_ref, self.customer.name)
        for word in own:
            self.assertNotIn(word, text, f"{model}.{name}")

    def test_no_public_method_charges_unlocks_or_leaks_for_portal_users(self):
        self.assertGreater(self._probe(self.owner_user), 500)

    # The same calls as for portal users, who are tried every day.
    @pytest.mark.full
    def test_no_public_method_charges_unlocks_or_leaks_for_employees(self):
        self.assertGreater(self._probe(self.employee), 500)

    def test_no_public_method_reaches_another_company(self):
        before = self._get_state()
        for model in self._get_models():
            if self.env[model]._abstract or self.env[model]._transient:
                continue
            with self.subTest(model=model):
                self.assertFalse(self._find(model, self.foreigner))
        for name in ("action_withdraw", "action_check_now", "action_view_invoices"):
            attempt = self.attempt.with_user(self.foreigner)
            with self.subTest(name=name), self.assertRaises(AccessError):
                getattr(attempt, name)()
        self.env.invalidate_all()
        self.assertEqual(self._get_state(), before)

    def _find(self, model, user):
        """Return the records of a model that the user finds, none without rights."""
        try:
            return self.env[model].with_user(user).search([])
        except AccessError:
            return self.env[model]
