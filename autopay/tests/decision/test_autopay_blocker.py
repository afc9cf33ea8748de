from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools.misc import ReadonlyDict
from odoo.tools.translate import LazyTranslate, code_translations

from ...const.blockers import Blocker
from ..configuration.common_configuration import ConfigurationCommon

_lt = LazyTranslate(__name__)

GOODS_LATE = Blocker(
    "goods_late",
    _lt("Goods not delivered"),
    _lt("%(amount)s is not charged before the goods have arrived."),
    person_decides=True,
    mark=_lt("Not delivered"),
    days=2,
)
METHOD_BANNED = Blocker(
    "method_banned",
    _lt("Payment method banned"),
    _lt("%(method)s is banned by the shop."),
    of_payer="method",
    days=1,
)


@tagged("post_install", "-at_install")
class TestAutopayBlocker(ConfigurationCommon):
    """Another module adds a reason not to charge as a row and a check."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.invoice = self._create_due_invoice()

    def _add(self, blocker, before, check):
        """Add a reason, as the override of another module would."""
        decision = type(self.env["autopay.decision"])
        original = decision._get_blockers

        def _get_blockers(model):
            rows = original(model)
            codes = [row.code for row in rows]
            return [*rows[: codes.index(before)], blocker, *rows[codes.index(before) :]]

        self.patch(decision, "_get_blockers", _get_blockers)
        for model in ("autopay.decision", "autopay.judgement", "autopay.first.look"):
            name = f"_is_{blocker.code}"
            added = patch.object(type(self.env[model]), name, check, create=True)
            self.startPatcher(added)
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)
        self.env.invalidate_all()

    def _run(self):
        self._run_autopay()
        return self._get_last_run()

    def _add_goods_late(self):
        self._add(GOODS_LATE, "no_configuration", lambda _self, _decision, _facts: True)

    def test_decision_and_explanation_tell_it(self):
        self.assertFalse(self.invoice.autopay_blocker)
        self._add_goods_late()
        self.assertEqual(self.invoice.autopay_blocker, "goods_late")
        self.assertEqual(
            self.invoice.autopay_explanation,
            "$\xa0100.00 is not charged before the goods have arrived.",
        )
        fields = self.env["account.move"].fields_get(["autopay_blocker"])
        selection = dict(fields["autopay_blocker"]["selection"])
        self.assertEqual(selection["goods_late"], "Goods not delivered")

    def test_run_charges_nothing_and_counts_it(self):
        self._add_goods_late()
        run = self._run()
        self.assertEqual(self._get_charges(self.invoice), [])
        self.assertEqual(run.skipped, {"goods_late": 1})
        self.assertEqual(run.skipped_text, "Goods not delivered: 1")

    def test_person_who_charges_now_passes_over_it(self):
        self._add_goods_late()
        wizard = self.env["autopay.charge.now"].create({"move_ids": self.invoice.ids})
        [line] = wizard.ready_ids
        self.assertEqual(line.mark, "goods_late")
        self.assertEqual(line.explanation, "Not delivered")

    def test_person_is_called_when_it_lasts(self):
        self._add_goods_late()
        deadline = self.env["autopay.deadline"].sudo()
        decision = self.env["autopay.decision"].sudo()._decide(self.invoice.sudo())
        since = self.invoice.autopay_date
        for days, late in ((1, False), (2, True)):
            day = since + timedelta(days=days)
            found = deadline._is_blocked_too_long(decision[self.invoice], day)
            self.assertEqual(found, late)

    def test_reason_on_a_method_is_told_everywhere(self):
        configuration = self._configure(self.token, enabled=False)
        self._add(
            METHOD_BANNED,
            "method_paused",
            lambda _self, candidate, _facts: candidate.token._origin == self.token,
        )
        payer = self.customer.with_company(self.company)
        words = f"{self.token._get_autopay_label()} is banned by the shop."
        self.assertEqual(self.invoice.autopay_blocker, "method_banned")
        self.assertEqual(self.invoice.autopay_explanation, words)
        self.assertEqual(payer.autopay_readiness, "method_banned")
        self.assertEqual(payer.autopay_readiness_text, words)
        self.assertEqual(configuration.issue_code, "method_banned")
        self.assertEqual(configuration.issue, words)

    def test_words_are_translated(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._add_goods_late()
        terms = {
            GOODS_LATE.label._source: "Pas livré",
            GOODS_LATE.sentence._source: "%(amount)s attend la livraison.",
        }
        texts = {("autopay", "fr_FR"): ReadonlyDict(terms)}
        with patch.dict(code_translations.python_translations, texts):
            invoice = self.invoice.with_context(lang="fr_FR")
            self.assertIn("attend la livraison.", invoice.autopay_explanation)
            run = self._run().with_context(lang="fr_FR")
            self.assertEqual(run.skipped_text, "Pas livré: 1")
