"""One account with a payment provider, as the parts that models ask for."""

from typing import ClassVar

from .base import Confirmations, Gateway, Setups


class ProviderAccount:
    """One account with a provider; a part that the provider cannot do is None.

    Models ask for a part and never for a provider: a provider is added by a folder with
    such a class and an override of ``payment.provider._get_autopay_account_types``.
    Parts are plain Python without ORM, safe to call from many threads, and never raise
    for what happens on the wire.

    :cvar parts: the names of the parts that it has
    :cvar method_fields: {part of a saved method: field of ``payment.token`` that keeps
        it}, for ``method``, ``customer`` and ``mandate``
    """

    parts: ClassVar[frozenset[str]] = frozenset()
    method_fields: ClassVar[dict[str, str]] = {}

    # Charges, and the answer what became of one.
    charges: Gateway | None = None
    # The same charges, finished by their customers.
    confirmations: Confirmations | None = None
    # The list of all charges, for the reconciliation.
    history = None
    # Refunds and disputes.
    reversals = None
    # Saved methods, their customers and mandates.
    methods = None
    # The page on which customers save methods.
    setups: Setups | None = None
    # The endpoint that receives the provider's messages.
    webhooks = None

    # Whether a stand-in on this machine answers instead of the provider.
    is_stand_in: bool = False
