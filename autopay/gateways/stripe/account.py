"""An account with Stripe, as the parts that models ask for."""

from functools import cached_property

from ..account import ProviderAccount
from ..base import Credentials
from .charges import StripeReports
from .confirmations import StripeConfirmations
from .gateway import StripeGateway
from .methods import StripeMethods
from .reversals import StripeReversals
from .session import api_base, configuration_issue
from .setups import StripeSetups
from .webhooks import StripeWebhooks


class StripeAccount(ProviderAccount):
    """An account with Stripe; nothing is connected before a part is asked for."""

    parts = frozenset(
        {"charges", "confirmations", "history", "methods"}
        | {"reversals", "setups", "webhooks"}
    )
    method_fields = {
        "customer": "provider_ref",
        "mandate": "stripe_mandate",
        "method": "stripe_payment_method",
    }

    def __init__(self, credentials: Credentials) -> None:
        """Keep how to reach the account.

        :raise ValueError: with a code of :func:`configuration_issue` when no request
            can succeed
        """
        if issue := configuration_issue(credentials):
            raise ValueError(issue)
        self._credentials = credentials

    @property
    def is_stand_in(self) -> bool:
        return bool(api_base())

    @cached_property
    def charges(self) -> StripeGateway:
        return StripeGateway(self._credentials)

    @cached_property
    def confirmations(self) -> StripeConfirmations:
        return StripeConfirmations(self._credentials)

    @cached_property
    def history(self) -> StripeReports:
        return StripeReports(self._credentials)

    @cached_property
    def methods(self) -> StripeMethods:
        return StripeMethods(self._credentials)

    @cached_property
    def reversals(self) -> StripeReversals:
        return StripeReversals(self._credentials)

    @cached_property
    def setups(self) -> StripeSetups:
        return StripeSetups(self._credentials)

    @cached_property
    def webhooks(self) -> StripeWebhooks:
        return StripeWebhooks(self._credentials)
