from odoo.tests import tagged

from ..event.common_webhook import WebhookCommon
from ..fault import fault
from .common_setup import CommittingOverHttp, SetupCommon


@tagged("post_install", "-at_install")
class TestAutopaySetupWebhook(CommittingOverHttp, SetupCommon, WebhookCommon):
    """A message of the provider has it asked; it comes before or after the return."""

    def setUp(self):
        super().setUp()
        self.admin.reset()

    def _tell(self, setup, kind="checkout.session.completed"):
        sessions = self.stripe.v1.checkout.sessions
        session = sessions.retrieve(setup.session_ref, {"expand": ["setup_intent"]})
        is_session = kind.startswith("checkout")
        subject = (session if is_session else session.setup_intent).to_dict()
        event = self._receive(kind, subject)
        self._process_events()
        return event

    def test_message_finishes_the_visit(self):
        kinds = ("checkout.session.completed", "setup_intent.succeeded")
        for number, kind in enumerate(kinds, start=1):
            with self.subTest(kind=kind):
                setup = self._save("card", purpose="store", name=kind)
                event = self._tell(setup, kind)
                self.assertEqual((event.state, setup.state), ("processed", "done"))
                self.assertEqual(len(self._get_setups()), number)
        self.assertEqual(len(self._get_tokens().filtered("active")), 1)

    @fault(109)
    def test_message_before_and_after_the_return_saves_once(self):
        setup = self._save("card")
        self._tell(setup)
        self._check(setup)
        self._tell(setup, "setup_intent.succeeded")
        self.assertEqual(len(self._get_tokens()), 1)
        self.assertEqual(len(self._get_consents()), 1)

    @fault(109)
    def test_message_after_the_return_changes_nothing(self):
        setup = self._save("card")
        self._check(setup)
        event = self._tell(setup)
        self.assertEqual(event.state, "processed")
        self.assertEqual(len(self._get_tokens()), 1)

    @fault(110)
    def test_message_about_what_did_not_happen_is_not_believed(self):
        self._open()
        setup = self._get_setup()
        self._tell(setup)
        self.assertEqual(setup.state, "open")
        self.assertFalse(self._get_tokens())

    def test_closed_page_is_told(self):
        self._open()
        setup = self._get_setup()
        self.stripe.v1.checkout.sessions.expire(setup.session_ref)
        self._tell(setup, "checkout.session.expired")
        self.assertEqual(setup.state, "expired")

    def test_deposit_is_told(self):
        setup = self._save("us_bank_account_deposits")
        self._tell(setup, "setup_intent.requires_action")
        self.assertEqual(setup.state, "waiting")
        self.admin.answer_deposit(setup.setup_ref)
        self._tell(setup, "setup_intent.succeeded")
        self.assertEqual(setup.state, "done")

    @fault(110)
    def test_session_of_somebody_else_is_ignored(self):
        subject = {"id": "cs_test_other", "object": "checkout.session"}
        event = self._receive("checkout.session.completed", subject)
        self._process_events()
        self.assertEqual(event.state, "ignored")
        self.assertEqual(event.session_ref, "cs_test_other")
