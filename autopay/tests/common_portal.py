"""Customers, strangers and holders of links, with a browser each."""

from odoo.tests import HttpCase, JsonRpcException
from odoo.tools import mute_logger

from .common_guard import GuardCommon


class PortalCommon(GuardCommon, HttpCase):
    """A customer with an account, a stranger with one, and routes to attack."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.is_published = True
        country = cls.env.ref("base.us")
        # Odoo's own Stripe module sends a whole address or fails.
        cls.customer.write(
            {
                "street": "1 Meadow Lane",
                "street2": "Barn 2",
                "city": "Springfield",
                "zip": "01101",
                "country_id": country.id,
                "state_id": country.state_ids[:1].id,
                "phone": "+1 555 0100",
            }
        )
        cls.stranger = cls._create_customer("Blue River Mill")
        cls.owner_user = cls._create_portal_user("owner_user", cls.customer)
        cls.stranger_user = cls._create_portal_user("stranger_user", cls.stranger)

    @classmethod
    def _create_portal_user(cls, login, partner):
        return cls._create_user(login, "base.group_portal", partner_id=partner.id)

    def setUp(self):
        super().setUp()
        # Odoo's keys go by the reference, which comes back in the next test.
        self.admin.reset()
        # Charges by Odoo's own module are in the simulator's ledger, too.
        self._send_odoo_to_simulator()

    # === ACTS === #

    def _run_cron(self, xml_id):
        """Override: a test over HTTP is in registry test mode from the start."""
        self.env.flush_all()
        self.env.ref(xml_id).method_direct_trigger()
        self.env.invalidate_all()

    def _press(self, button, record, user):
        """Override, see `_run_cron`."""
        self.env.flush_all()
        getattr(record.with_user(user), button)()

    def _log_in(self, user=None):
        """Open a browser as this user, as a visitor without one."""
        self.authenticate(user and user.login, user and user.login)

    def _ask(self, route, **values):
        """Call a JSON route as the page's script does.

        :return: (the result, the name of the exception that was raised instead)
        """
        self.env.flush_all()
        try:
            return self.make_jsonrpc_request(route, values), ""
        except JsonRpcException as error:
            return None, str(error)
        finally:
            self.env.invalidate_all()

    def _pay(self, invoice, token=None, route=None, **values):
        """Pay an invoice by its link, with a saved method or a new one."""
        flow = {"flow": "token", "token_id": token.id} if token else {"flow": "direct"}
        return self._ask(
            route or f"/invoice/transaction/{invoice.id}",
            **{
                "access_token": invoice._portal_ensure_token(),
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "token_id": None,
                "amount": 100,
                "tokenization_requested": False,
                "landing_route": invoice.get_portal_url(),
                **flow,
                **values,
            },
        )

    def _assert_payment_refused(self, invoice, *args, **kwargs):
        """Expect that a payment is refused and that nothing comes of it."""
        before = (self._count_taken(), len(self._get_others(invoice)))
        with mute_logger("odoo.http", "odoo.sql_db"):
            result, error = self._pay(invoice, *args, **kwargs)
        self.assertTrue(error, result)
        self.assertEqual(self._count_taken(), before[0])
        self.assertEqual(len(self._get_others(invoice)), before[1])
        return error

    # === FACTS === #

    def _count_taken(self):
        """Return how often money was taken or a debit submitted so far."""
        kinds = [entry["kind"] for entry in self.admin.ledger()["entries"]]
        return kinds.count("charge") + kinds.count("submitted")

    def _get_others(self, invoice):
        """Return the transactions of an invoice that are not autopay's."""
        transactions = invoice.sudo().transaction_ids
        return transactions - transactions.filtered("autopay_attempt_ids")
