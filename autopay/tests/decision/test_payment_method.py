from contextlib import closing

from ..common import AutopayCommon


class TestPaymentMethod(AutopayCommon):
    """Facts kept in memory of payment methods are right as soon as they change."""

    def setUp(self):
        super().setUp()
        self.euro = self.env.ref("base.EUR")
        self.dollar = self.env.ref("base.USD")
        (self.euro | self.dollar).active = True
        self.method = self.card_method
        # Begin with what others have changed in memory told already.
        self.registry.clear_all_caches()
        self.registry.cache_invalidated.clear()
        self.addCleanup(self.registry.clear_all_caches)

    def _assert_told(self):
        """Expect that other servers are told, which forget it as well."""
        self.assertIn("default", self.registry.cache_invalidated)
        self.registry.cache_invalidated.clear()

    def _allow(self, currencies):
        self.method.supported_currency_ids = currencies
        self.assertEqual(
            self.method._get_autopay_currency_ids(), frozenset(currencies.ids)
        )
        self._assert_told()

    def test_currencies(self):
        self.method._get_autopay_currency_ids()
        none = self.euro.browse()
        for currencies in (self.euro, self.euro | self.dollar, self.dollar, none):
            self._allow(currencies)

    def test_currency_that_is_not_accepted_any_more_blocks_at_once(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self.assertEqual(invoice.currency_id, self.dollar)
        for currencies, blocker in (
            (self.dollar, False),
            (self.euro, "currency_not_accepted"),
            (self.euro | self.dollar, False),
        ):
            self._allow(currencies)
            invoice.invalidate_recordset(["autopay_blocker"])
            self.assertEqual(invoice.autopay_blocker, blocker)

    def test_currencies_of_the_provider(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self.assertFalse(invoice.autopay_blocker)
        for currencies, blocker in (
            (self.euro, "currency_not_accepted"),
            (self.dollar, False),
        ):
            self.provider.available_currency_ids = currencies
            self._assert_told()
            invoice.invalidate_recordset(["autopay_blocker"])
            self.assertEqual(invoice.autopay_blocker, blocker)

    def test_name(self):
        token = self._create_token()
        shown = token.with_context(autopay_brand=True)
        self.assertEqual(self.method._get_autopay_brand(), "VISA")
        self.method.name = "Visa Debit"
        self._assert_told()
        self.assertEqual(self.method._get_autopay_brand(), "Visa Debit")
        shown.invalidate_recordset(["display_name"])
        self.assertTrue(shown.display_name.startswith("Visa Debit"))

    def test_name_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.method.with_context(lang="fr_FR")
        self.assertEqual(french._get_autopay_brand(), "VISA")
        self.registry.cache_invalidated.clear()
        self.method.update_field_translations("name", {"fr_FR": "Carte Visa"})
        self._assert_told()
        self.assertEqual(french._get_autopay_brand(), "Carte Visa")
        self.assertEqual(
            self.method.with_context(lang="en_US")._get_autopay_brand(), "VISA"
        )

    def test_what_is_not_kept_is_not_told(self):
        self.method._get_autopay_currency_ids()
        self.method.sequence += 1
        self.assertFalse(self.registry.cache_invalidated)

    def test_change_that_is_rolled_back(self):
        before = self.method._get_autopay_currency_ids()
        self.env.flush_all()
        with closing(self.env.cr.savepoint(flush=False)) as savepoint:
            self._allow(self.euro)
            savepoint.rollback()
            self.env.invalidate_all(flush=False)
        # Odoo does so after a request that has failed.
        self.registry.cache_invalidated.add("default")
        self.registry.reset_changes()
        self.assertEqual(self.method._get_autopay_currency_ids(), before)
