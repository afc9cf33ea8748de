from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import AutopayCommon

LATER = "pm_card_visa_chargeDeclinedInsufficientFunds"
LOST = "pm_card_visa_chargeDeclinedLostCard"


@tagged("post_install", "-at_install")
class TestAutopayAttemptScreen(AutopayCommon):
    """Charges and invoices say what helps, and offer nothing that cannot work."""

    def _fail(self, method, name):
        customer = self._create_customer(name)
        self._enrol(method, customer)
        return self._create_due_invoice(44, customer)

    def _find(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        domain.append(("company_id", "=", self.company.id))
        return self.env["autopay.attempt"].search(domain)

    def _press(self, record):
        """Ask the provider as a person does; return what the screen shows then."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, user=self.biller, su=False)
            action = record.with_env(env).action_autopay_check_now()
        self.env.invalidate_all()
        return action["params"]

    def test_failed_charges_say_what_follows(self):
        later, lost = self._fail(LATER, "Late Lamps"), self._fail(LOST, "Lost Lutes")
        self._enrol()
        self._create_due_invoice(10)
        self._run_autopay()
        paid = self._find(state="succeeded")
        retried, stuck = later.autopay_attempt_ids, lost.autopay_attempt_ids
        self.assertIn("44.00 – Late Lamps – Failed", retried.title)
        self.assertEqual((retried.follow_up, stuck.follow_up), ("retry", "none"))
        self.assertEqual(retried.next_try_date, later.autopay_retry_date)
        self.assertEqual((retried.needs_method, stuck.needs_method), (False, True))
        self.assertIn("insufficient", retried.reason)
        # The list has nothing to explain about what was collected.
        self.assertFalse(paid.reason)
        self.assertEqual(self._find(follow_up="retry"), retried)
        self.assertEqual(self._find(follow_up="none"), stuck)
        self.assertEqual(self._find(follow_up=False), paid)
        # A link says whom it charged what, and finds its charge by the number.
        name = retried.display_name.replace("\xa0", " ")
        self.assertEqual(name, f"{retried.name} – $ 44.00 – Late Lamps")
        found = self.env["autopay.attempt"].name_search(retried.name)
        self.assertEqual([row[0] for row in found], retried.ids)
        # While the customer contests an invoice, nothing follows its last charge.
        lost.autopay_in_dispute = True
        self.env.invalidate_all()
        self.assertFalse(stuck.follow_up)
        self.assertEqual(self._find(follow_up="none"), stuck.browse())

    def test_failed_charges_offer_what_can_work(self):
        self.provider.is_published = True
        later, lost = self._fail(LATER, "Late Lamps"), self._fail(LOST, "Lost Lutes")
        self._run_autopay()
        retried, stuck = later.autopay_attempt_ids, lost.autopay_attempt_ids
        # A retry cannot collect from a lost card; another method can.
        self.assertNotIn("request_method", later.autopay_offers or "")
        self.assertIn("request_method", lost.autopay_offers)
        with self.assertRaisesRegex(UserError, "payment method"):
            stuck.action_retry()
        asked = stuck.with_company(self.company).action_request_method()
        self.assertEqual(asked["res_model"], "autopay.request.wizard")

        told = retried.action_retry()["params"]["message"]
        self.assertEqual(later.autopay_status, "eligible")
        self.assertEqual(told, later.autopay_explanation)
        with self.assertRaisesRegex(UserError, "nothing to retry"):
            retried.action_retry()

        # The next charge of the invoice is shown beside the first, and follows it.
        later.partner_id.with_company(self.company).autopay_token_id = False
        self._enrol(LATER, later.partner_id)
        self._run_autopay()
        second = later.autopay_attempt_ids - retried
        self.assertEqual((retried.sibling_count, second.sibling_count), (1, 1))
        shown = retried.action_view_siblings()
        self.assertEqual(self.env[shown["res_model"]].search(shown["domain"]), second)
        self.assertFalse(retried.follow_up)

    def test_provider_answers_in_words(self):
        self.biller = self._create_user("asks", "account.group_account_invoice")
        self._enrol()
        invoice, attempt = self._charge_in_doubt()
        self.assertEqual(attempt.shown_state, "unknown")
        self.admin.add_fault("refuse", times=None)
        silent = self._press(invoice)
        self.assertEqual(silent["type"], "warning")
        self.assertIn("is checked again automatically", silent["message"])
        self.admin.clear_faults()
        answer = self._press(invoice)
        self.assertEqual(answer["type"], "success")
        self.assertIn(attempt.explanation, answer["message"])
        with self.assertRaisesRegex(UserError, "is over"):
            invoice.action_autopay_check_now()

    def test_hold_is_lifted_where_it_stands(self):
        self._enrol()
        invoice = self._create_due_invoice()
        invoice.write({"autopay_hold_date": "2999-01-01", "autopay_hold_reason": "?"})
        self.assertEqual(invoice.autopay_blocker, "on_hold")
        invoice.action_autopay_lift_hold()
        self.assertFalse(invoice.autopay_blocker)
        self.assertFalse(invoice.autopay_hold_reason)

    def _group(self, codes):
        """Return {name of a group: its charges} of the charges by their reason."""
        attempts = self._find(state="declined").sorted("id")
        for attempt, code in zip(attempts, codes, strict=True):
            self._force(attempt, decline_code=code)
        domain = [("id", "in", attempts.ids)]
        groups = attempts.web_read_group(domain, ["decline_code"], ["__count"])
        return {
            group["decline_code"]: attempts.filtered_domain(group["__extra_domain"])
            for group in groups["groups"]
        }

    def test_charges_by_reason_stand_under_sentences(self):
        self._fail(LATER, "Late Lamps")
        self._fail(LOST, "Lost Lutes")
        self._run_autopay()
        first, second = self._find(state="declined").sorted("id")
        words = "The card or bank account has insufficient funds."
        groups = self._group(["insufficient_funds", "a_new_code"])
        self.assertEqual(groups, {words: first, "a_new_code": second})
        # The web client takes groups of one name for one group.
        groups = self._group(["incorrect_cvc", "invalid_cvc"])
        words = "The card's security code is incorrect."
        self.assertEqual(
            groups,
            {f"{words} (incorrect_cvc)": first, f"{words} (invalid_cvc)": second},
        )
        self.assertEqual(self._group([None, None]), {False: first | second})
