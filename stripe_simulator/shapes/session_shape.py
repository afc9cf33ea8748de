"""The shape of a Checkout Session in the API."""

from __future__ import annotations

from ..memory.objects import CheckoutSession
from ..memory.store import Book

# Parameters that are stored and given back; the page shows some of them.
FIELDS = (
    *("branding_settings", "cancel_url", "client_reference_id", "consent_collection"),
    *("currency", "custom_text", "customer_email", "locale", "payment_method_options"),
    *("allowed_payment_method_types", "excluded_payment_method_types"),
)
_CUSTOM_TEXT = (
    *("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"),
)
_CONSENT = ("payment_method_reuse_agreement", "promotions", "terms_of_service")
_BRANDING = (
    *("background_color", "border_style", "button_color", "display_name"),
    *("font_family", "icon", "logo"),
)
# Fields that the API shows and nothing here ever sets.
_ABSENT = {
    **dict.fromkeys(
        (
            *("adaptive_pricing", "after_expiration", "allow_promotion_codes"),
            *("amount_subtotal", "amount_total", "billing_address_collection"),
            *("client_secret", "collected_information", "consent"),
            *("currency_conversion", "customer_account", "customer_creation"),
            *("discounts", "integration_identifier", "invoice", "invoice_creation"),
            *("name_collection", "optional_items", "origin_context"),
            *("payment_intent", "payment_link", "permissions"),
            *("payment_method_configuration_details", "recovered_from", "return_url"),
            *("saved_payment_method_options", "shipping_address_collection"),
            *("shipping_cost", "submit_type", "subscription", "tax_id_collection"),
            *("total_details", "wallet_options"),
        )
    ),
    "automatic_tax": dict.fromkeys(("enabled", "liability", "provider", "status"))
    | {"enabled": False},
    "custom_fields": [],
    "phone_number_collection": {"enabled": False},
    "shipping_options": [],
}


def render(book: Book, session: CheckoutSession) -> dict:
    """Return the session in Stripe's shape."""
    is_open = session.status == "open"
    kept = {name: session.fields.get(name) for name in FIELDS}
    consent = kept["consent_collection"]
    return {
        "id": session.id,
        "object": "checkout.session",
        **_ABSENT,
        **kept,
        "branding_settings": _full(_BRANDING, kept["branding_settings"]),
        "consent_collection": consent and _full(_CONSENT, consent),
        "created": session.created,
        "custom_text": _full(_CUSTOM_TEXT, kept["custom_text"]),
        "customer": session.customer,
        "customer_details": None if is_open else _details(book, session),
        "expires_at": session.expires_at,
        "livemode": book.livemode,
        "metadata": session.metadata,
        "mode": "setup",
        "payment_method_collection": "always",
        "payment_method_options": kept["payment_method_options"] or {},
        "payment_method_types": session.types,
        "payment_status": "no_payment_required",
        "setup_intent": session.setup_intent,
        "status": session.status,
        "success_url": session.success_url,
        "ui_mode": "hosted_page",
        "url": session.origin + session.path if is_open else None,
    }


def _full(names: tuple[str, ...], given: dict | None) -> dict:
    return {**dict.fromkeys(names), **(given or {})}


def _details(book: Book, session: CheckoutSession) -> dict:
    customer = book.customers.get(session.customer or "")
    fields = (
        customer.fields if customer else {"email": session.fields.get("customer_email")}
    )
    return {
        **dict.fromkeys(("business_name", "individual_name")),
        **{name: fields.get(name) for name in ("address", "email", "name", "phone")},
        "tax_exempt": "none",
        "tax_ids": [],
    }
