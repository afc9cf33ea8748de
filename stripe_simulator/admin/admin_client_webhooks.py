"""Admin calls for events and their deliveries."""

from __future__ import annotations

from urllib.parse import quote, urlencode

# Receivers may be many and slow: how long to wait for all of them, in seconds.
PATIENCE = 600


class WebhookCalls:
    """A delivery is one event on its way to one webhook endpoint.

    Calls that send return the deliveries with their ``attempts``: of each try the time
    (``at``), the HTTP ``status`` and the ``answer``.
    """

    # === EVENTS === #

    def send_event(
        self,
        type: str,
        object: dict,
        previous_attributes: dict | None = None,
        **where,
    ) -> dict:
        """Make an event of something that the simulator does not do by itself, such as
        ``review.opened``; ``where`` are ``account`` and ``livemode``.  Return it."""
        body = {"type": type, "object": object, **where}
        if previous_attributes is not None:
            body["previous_attributes"] = previous_attributes
        return self._call("POST", "/events", body)

    def signed_request(
        self, event_id: str, endpoint: str | None = None, at: int | None = None
    ) -> dict:
        """Return ``url``, ``headers`` and ``body`` (text) of a delivery without sending
        it, signed at the time ``at`` (real time by default) for an endpoint (the
        newest by default)."""
        query = {"endpoint": endpoint, "at": at}
        given = urlencode({k: v for k, v in query.items() if v is not None})
        return self._call("GET", f"/events/{quote(event_id)}/request?{given}")

    def replay(
        self, event_id: str, endpoint: str | None = None, copies: int = 1
    ) -> list[dict]:
        """Send an event again, now, to one endpoint or to all that want it."""
        body = {"endpoint": endpoint, "copies": copies}
        path = f"/events/{quote(event_id)}/replay"
        return self._call("POST", path, body, PATIENCE)["deliveries"]

    # === DELIVERIES === #

    def deliveries(self, **filters: str) -> list[dict]:
        """Return the deliveries, oldest first; filters: ``event``, ``endpoint``,
        ``type``, ``state``."""
        query = f"?{urlencode(filters)}" if filters else ""
        return self._call("GET", f"/deliveries{query}")["deliveries"]

    def hold_deliveries(self) -> None:
        """Keep back what falls due from now on."""
        self._call("POST", "/deliveries/mode", {"mode": "hold"})

    def lose_deliveries(self) -> None:
        """Drop what falls due from now on."""
        self._call("POST", "/deliveries/mode", {"mode": "drop"})

    def send_deliveries(self) -> None:
        """Send what falls due, as at the start; what is held goes now."""
        self._call("POST", "/deliveries/mode", {"mode": "send"})

    def release(
        self,
        ids: list[str] | None = None,
        order: str = "oldest",
        seed: int | None = None,
        copies: int = 1,
    ) -> list[dict]:
        """Send held deliveries one after the other and return them.

        ``ids`` (of deliveries or events) are sent in that order; without them all that
        are held, in an ``order``: ``oldest``, ``newest`` or ``random`` by ``seed``.
        ``copies``: how often each is sent.
        """
        body = {"ids": ids, "order": order, "seed": seed, "copies": copies}
        answer = self._call("POST", "/deliveries/release", body, PATIENCE)
        return answer["deliveries"]

    def drop(self, ids: list[str] | None = None) -> list[str]:
        """Never send these deliveries, or all that are held or wait to be repeated;
        return the ids of those that were dropped."""
        return self._call("POST", "/deliveries/drop", {"ids": ids})["dropped"]

    def wait_for_deliveries(self) -> None:
        """Return when nothing is on its way any more."""
        self._call("POST", "/deliveries/wait", {}, PATIENCE)

    def roll_secret(self, endpoint: str, expires_in: int = 86_400) -> str:
        """Return a new secret of an endpoint; the old one goes on for ``expires_in``
        seconds of virtual time, in which everything is signed with both."""
        path = f"/webhook_endpoints/{quote(endpoint)}/roll"
        return self._call("POST", path, {"expires_in": expires_in})["secret"]
