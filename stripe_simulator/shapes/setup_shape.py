"""The shape of a setup intent in the API."""

from __future__ import annotations

from ..memory.documented import MANDATE_TYPES
from ..memory.ids import derived
from ..memory.objects import SetupIntent
from ..memory.store import Book
from .intent_shape import client_secret

KNOWN_TYPES = ("card", *MANDATE_TYPES)
# Facts that are kept under the name that the API gives them.
_AS_KEPT = (
    *("cancellation_reason", "created", "customer", "description"),
    *("last_setup_error", "mandate", "metadata", "next_action", "payment_method"),
    *("payment_method_options", "status", "usage"),
)
# Fields that the API shows and nothing here ever sets.
_ABSENT = {
    **dict.fromkeys(
        (
            *("application", "attach_to_self", "customer_account"),
            *("flow_directions", "on_behalf_of", "single_use_mandate"),
            "payment_method_configuration_details",
        )
    ),
}


def render(book: Book, intent: SetupIntent) -> dict:
    """Return the setup intent in Stripe's shape."""
    return {
        "id": intent.id,
        "object": "setup_intent",
        **_ABSENT,
        **{name: getattr(intent, name) for name in _AS_KEPT},
        "allowed_payment_method_types": intent.allowed_types,
        "automatic_payment_methods": intent.automatic,
        "client_secret": client_secret(intent.id),
        "excluded_payment_method_types": intent.excluded_types,
        "latest_attempt": derived("setatt", intent.id) if intent.tries else None,
        "livemode": book.livemode,
        "payment_method_types": types(intent),
    }


def types(intent: SetupIntent) -> list[str]:
    """Return the types of payment method that the intent can save."""
    possible = intent.allowed_types or KNOWN_TYPES
    excluded = intent.excluded_types or ()
    return [name for name in KNOWN_TYPES if name in possible and name not in excluded]
