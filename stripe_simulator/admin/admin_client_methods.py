"""Admin calls for payment methods, their customers and their mandates."""

from __future__ import annotations

from urllib.parse import quote


class MethodCalls:
    """Deeds of a test, or of somebody at Stripe's dashboard, on payment methods."""

    def create_payment_method(
        self,
        type: str = "card",
        customer: str | None = None,
        behaviour: dict | None = None,
        **fields,
    ) -> dict:
        """Create a payment method that behaves as told; see ``behaviours.Behaviour``.

        ``card={...}`` (and so on, by type) says what is printed on it.
        """
        body = {"type": type, "customer": customer, "behaviour": behaviour, **fields}
        return self._call("POST", "/payment_methods", body)

    def change_payment_method(
        self, method_id: str, behaviour: dict | None = None, **fields
    ) -> dict:
        """Change how a payment method behaves, or what is printed on it."""
        body = dict(fields) if behaviour is None else {"behaviour": behaviour, **fields}
        return self._call("PATCH", f"/payment_methods/{quote(method_id)}", body)

    def reissue_card(self, method_id: str, **card) -> dict:
        """Let the bank replace a card and Stripe learn of it
        (``payment_method.automatically_updated``); ``card`` is what is printed on it
        now: ``last4``, ``exp_month``, ``exp_year``.  Return the payment method."""
        path = f"/payment_methods/{quote(method_id)}/reissue"
        return self._call("POST", path, {"card": card})

    def detach_payment_method(self, method_id: str) -> dict:
        """Take a payment method from its customer; return it."""
        return self._call("POST", f"/payment_methods/{quote(method_id)}/detach", {})

    def delete_customer(self, customer_id: str) -> None:
        """Delete a customer; his payment methods can never be charged again."""
        self._call("DELETE", f"/customers/{quote(customer_id)}")

    def create_mandate(self, payment_method: str) -> dict:
        """Give an active mandate to a bank account; return it."""
        return self._call("POST", "/mandates", {"payment_method": payment_method})

    def set_mandate_status(self, mandate_id: str, status: str = "inactive") -> dict:
        """Make a mandate ``active``, ``inactive`` or ``pending``; return it."""
        path = f"/mandates/{quote(mandate_id)}"
        return self._call("POST", path, {"status": status})
