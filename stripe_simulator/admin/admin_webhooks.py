"""Admin addresses for events and their deliveries."""

from __future__ import annotations

import random
from collections.abc import Callable

from aiohttp import web

from ..events.signing import signed_request
from ..events.webhooks import Webhooks
from ..memory.deliveries import DROPPED, MODES, OPEN, SEND, WAITING, Delivery
from ..memory.simulator import Simulator
from ..resources.webhook_endpoints import new_secret
from ..rules.auth import DEFAULT_ACCOUNT
from ..shapes import event_shape

DAY = 86_400
ORDERS = ("oldest", "newest", "random")


class WebhookAdmin:
    """Handlers; see ``Admin`` for what becomes of their errors."""

    def __init__(self, sim: Simulator, webhooks: Webhooks):
        self.sim = sim
        self._webhooks = webhooks

    def table(self) -> dict[tuple[str, str], Callable]:
        """Return the addresses and their handlers."""
        return {
            ("POST", "/events"): self.send_event,
            ("GET", "/events/{id}/request"): self.show_request,
            ("POST", "/events/{id}/replay"): self.replay,
            ("GET", "/deliveries"): self.list_deliveries,
            ("POST", "/deliveries/mode"): self.set_mode,
            ("POST", "/deliveries/release"): self.release,
            ("POST", "/deliveries/drop"): self.drop,
            ("POST", "/deliveries/wait"): self.wait,
            ("POST", "/webhook_endpoints/{id}/roll"): self.roll_secret,
        }

    # === EVENTS === #

    def send_event(self, request: web.Request, body: dict) -> dict:
        """POST /events: make one of a ``type`` about an ``object`` in Stripe's shape,
        with ``previous_attributes``, in an ``account`` and mode (``livemode``)."""
        item, before = body.get("object"), body.get("previous_attributes")
        if not body.get("type") or not isinstance(item, dict):
            raise ValueError("An event has a 'type' and an 'object'.")
        account = body.get("account", DEFAULT_ACCOUNT)
        book = self.sim.store.book(account, body.get("livemode", False))
        self.sim.tell(book, body["type"], item, before)
        return event_shape.render(book, book.events.within()[-1])

    def show_request(self, request: web.Request, body: dict) -> dict:
        """GET /events/{id}/request?endpoint=&at=: what is sent, signed, as text."""
        book, event = self.sim.find("events", request.match_info["id"])
        _book, endpoint = self._endpoint(book, request.query.get("endpoint"))
        at = request.query.get("at")
        now = self.sim.clock.now()
        sent, headers = signed_request(
            book, event, endpoint, now, None if at is None else int(at)
        )
        return {"url": endpoint.url, "headers": headers, "body": sent.decode()}

    def _endpoint(self, book, endpoint_id: str | None) -> tuple:
        if endpoint_id is not None:
            return self.sim.find("webhook_endpoints", endpoint_id)
        if not len(book.webhook_endpoints):
            raise LookupError(f"There is no webhook endpoint in {book.mode} mode.")
        return book, book.webhook_endpoints.within()[-1]

    async def replay(self, request: web.Request, body: dict) -> dict:
        """POST /events/{id}/replay: send it again, now, to ``endpoint`` or to all that
        want it, ``copies`` times each."""
        book, event = self.sim.find("events", request.match_info["id"])
        endpoint = None
        if body.get("endpoint") is not None:
            _book, endpoint = self.sim.find("webhook_endpoints", body["endpoint"])
        made = self._webhooks.prepare(book, event, endpoint)
        return await self._send_all(made, body)

    # === DELIVERIES === #

    def list_deliveries(self, request: web.Request, body: dict) -> dict:
        """GET /deliveries?event=&endpoint=&state=: oldest first."""
        shown = [delivery.to_dict() for delivery in self.sim.deliveries]
        for name, value in request.query.items():
            shown = [item for item in shown if item.get(name) == value]
        return {"deliveries": shown, "mode": self.sim.deliveries.mode}

    def set_mode(self, request: web.Request, body: dict) -> dict:
        """POST /deliveries/mode: ``send`` (held ones go now), ``hold`` or ``drop``."""
        mode = body.get("mode")
        if mode not in MODES:
            raise ValueError(f"The mode is one of {', '.join(MODES)}.")
        log = self.sim.deliveries
        log.mode = mode
        if mode == SEND:
            for delivery in log.select(None, ("held",)):
                self._webhooks.start(delivery)
        return {"mode": mode}

    async def release(self, request: web.Request, body: dict) -> dict:
        """POST /deliveries/release: send those with ``ids`` (of deliveries or events)
        in that order, or all that are held in an ``order`` (``random``: by ``seed``),
        one after the other, ``copies`` times each."""
        chosen = self.sim.deliveries.select(body.get("ids"), ("held",))
        order = body.get("order") or "oldest"
        if order not in ORDERS:
            raise ValueError(f"The order is one of {', '.join(ORDERS)}.")
        if order == "newest":
            chosen.reverse()
        if order == "random":
            random.Random(body.get("seed")).shuffle(chosen)  # noqa: S311
        return await self._send_all(chosen, body)

    async def _send_all(self, chosen: list[Delivery], body: dict) -> dict:
        copies = body.get("copies", 1)
        if not isinstance(copies, int) or copies < 1:
            raise ValueError("'copies' is a whole number from 1 on.")
        for delivery in chosen:
            if delivery.state in OPEN:
                delivery.state = WAITING
            for _copy in range(copies):
                await self._webhooks.send(delivery)
        return {"deliveries": [delivery.to_dict() for delivery in chosen]}

    def drop(self, request: web.Request, body: dict) -> dict:
        """POST /deliveries/drop: never send those with ``ids``, or all that are held
        or wait to be repeated."""
        states = ("held", "retrying")
        dropped = [
            delivery
            for delivery in self.sim.deliveries.select(body.get("ids"), states)
            if delivery.state in states
        ]
        for delivery in dropped:
            self.sim.deliveries.finish(delivery, DROPPED)
        return {"dropped": [delivery.id for delivery in dropped]}

    async def wait(self, request: web.Request, body: dict) -> dict:
        """POST /deliveries/wait: answer when nothing is on its way any more."""
        await self._webhooks.wait()
        return {}

    def roll_secret(self, request: web.Request, body: dict) -> dict:
        """POST /webhook_endpoints/{id}/roll: a new secret; the old one goes on for
        ``expires_in`` seconds of virtual time (a day by default)."""
        _book, endpoint = self.sim.find("webhook_endpoints", request.match_info["id"])
        ends = self.sim.clock.now() + int(body.get("expires_in", DAY))
        old = endpoint.secrets[0][0]
        endpoint.secrets = [(new_secret(), None), (old, ends)]
        return {"secret": endpoint.secrets[0][0]}
