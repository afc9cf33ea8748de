from contextlib import contextmanager

from ...models.setup.visit import SetupError, Visitor
from ..common import AutopayCommon


class CommittingOverHttp:
    """Mix it in before a test over HTTP: that is in registry test mode throughout."""

    def _committing(self):
        return self.registry.cursor()


class SetupCommon(AutopayCommon):
    """A customer with an account who saves payment methods on the provider's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.is_published = True
        cls.owner_user = cls._create_user(
            "saving_customer",
            "base.group_portal",
            partner_id=cls.customer.id,
            name="Green Valley Dairy",
        )

    # === ACTS === #

    @contextmanager
    def _acting(self, user=None):
        """Give an environment that may commit, as a request of this user has it."""
        self.env.flush_all()
        try:
            with self._committing() as cr:
                yield self.env(cr=cr, user=user or self.owner_user, su=False)
        finally:
            self.env.invalidate_all()

    @contextmanager
    def _committing(self):
        """Give a cursor that may commit."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield cr

    def _open(self, purpose="autopay", user=None, channel="portal", **visitor):
        """Press the button that leads to the provider's page.

        :return: the address of the page
        """
        with self._acting(user) as env:
            payer = env["res.partner"].browse(self.customer.id).sudo()
            company = env["res.company"].browse(self.company.id).sudo()
            if old_token := visitor.pop("old_token", None):
                old_token = env["payment.token"].sudo().browse(old_token.id)
            opener = env["autopay.setup.opener"].sudo()
            text = opener._get_text(payer, company, purpose, old_token)
            values = {
                "text_hash": opener._get_text_hash(text),
                "contact": payer,
                "ip_address": "203.0.113.7",
                "user_agent": "Browser of a test",
                "old_token": old_token,
                **visitor,
            }
            return env["autopay.method.setup"]._open(
                payer, company, purpose, channel, Visitor(**values)
            )

    def _get_problem(self, **values):
        """Return the code of what keeps the customer from the page."""
        # Odoo's assertRaises would roll back what was noted.
        try:
            self._open(**values)
        except SetupError as problem:
            return problem.code
        return ""

    def _check(self, setup):
        """Ask the provider about a visit, as the page of return does."""
        with self._acting() as env:
            env["autopay.method.setup"].sudo().browse(setup.id)._check()

    def _save(self, *deeds, **values):
        """Save a method on the page; return the visit, which nobody has asked about."""
        self.admin.visit(self._open(**values), *deeds)
        return self._get_setup()

    def _resolve(self):
        """Run the scheduled action that looks at what is open."""
        self._run_cron("autopay.ir_cron_resolve_open_attempts")

    # === FACTS === #

    def _get_setups(self):
        setups = self.env["autopay.method.setup"].sudo()
        return setups.search([("partner_id", "=", self.customer.id)])

    def _get_setup(self):
        return self._get_setups()[:1]

    def _get_tokens(self):
        tokens = self.env["payment.token"].with_context(active_test=False)
        return tokens.search([("partner_id", "=", self.customer.id)])

    def _get_consents(self):
        consents = self.env["autopay.authorization"]
        return consents.search([("partner_id", "=", self.customer.id)])

    def _get_default(self):
        return self.customer.with_company(self.company).autopay_token_id

    def _get_sent(self, path, method="POST"):
        """Return the bodies of the requests that reached the provider."""
        return [
            row["body"]
            for row in self.admin.requests()
            if (row["path"], row["method"]) == (path, method)
        ]

    def _get_customers(self):
        """Return the ids of the customers at the provider."""
        return [row.id for row in self.stripe.v1.customers.list({"limit": 100}).data]
