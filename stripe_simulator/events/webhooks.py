"""Sends events to webhook endpoints, and again when they were not taken."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp

from ..memory.announcer import EventMade, Forgotten
from ..memory.deliveries import (
    DELIVERED,
    DROP,
    DROPPED,
    FAILED,
    HELD,
    HOLD,
    RETRYING,
    WAITING,
    Delivery,
)
from ..memory.objects import Event, WebhookEndpoint
from ..memory.simulator import Simulator
from ..memory.store import Book
from ..rules.addresses import is_loopback
from .signing import signed_request

# How long an endpoint may take to answer, in seconds.
TIMEOUT = 20
MINUTE, HOUR = 60, 3600
# After how long a delivery that was not taken is repeated, in seconds of virtual time:
# three days in live mode, three times in test mode.
RETRIES = {
    True: (
        *(5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR),
        *(12 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR),
    ),
    False: (5 * MINUTE, 30 * MINUTE, 2 * HOUR),
}
# How many deliveries are on their way at a time.
AT_ONCE = 16
# How much of an answer is kept, in characters.
KEPT = 1000


def wants(endpoint: WebhookEndpoint, event_type: str) -> bool:
    """Whether the endpoint is to hear of events of this type."""
    wanted = endpoint.enabled_events
    return endpoint.status == "enabled" and ("*" in wanted or event_type in wanted)


class Webhooks:
    """Makes deliveries of events and sends them, each in a task of its own."""

    def __init__(self, sim: Simulator):
        self.sim = sim
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        sim.announcer.subscribe(EventMade, self._plan)
        sim.announcer.subscribe(Forgotten, self._drop)

    def _plan(self, made: EventMade) -> None:
        if len(made.book.webhook_endpoints):
            for delivery in self.prepare(made.book, made.event):
                self._due(delivery)

    def prepare(
        self, book: Book, event: Event, endpoint: WebhookEndpoint | None = None
    ) -> list[Delivery]:
        """Return new deliveries to ``endpoint``, or to all that want the event."""
        wanting = [item for item in book.webhook_endpoints if wants(item, event.type)]
        chosen = wanting if endpoint is None else [endpoint]
        return [self.sim.deliveries.add(book, event, item) for item in chosen]

    def _due(self, delivery: Delivery) -> None:
        log = self.sim.deliveries
        if log.mode == HOLD:
            delivery.state, delivery.due = HELD, None
        elif log.mode == DROP:
            log.finish(delivery, DROPPED)
        else:
            self.start(delivery)

    def start(self, delivery: Delivery) -> None:
        """Send the delivery as soon as the loop has time."""
        delivery.state = WAITING
        task = asyncio.get_running_loop().create_task(self.send(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self) -> None:
        """Wait until everything that is on its way has been answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _drop(self, _forgotten: Forgotten) -> None:
        for task in self._tasks:
            task.cancel()

    async def close(self, _app: object = None) -> None:
        """Stop sending."""
        self._drop(Forgotten())
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    # === ONE ATTEMPT === #

    async def send(self, delivery: Delivery) -> None:
        """Send the delivery once, and plan what follows when it is not taken."""
        log, sim = self.sim.deliveries, self.sim
        endpoint = delivery.endpoint
        async with self._places:
            body, headers = signed_request(
                delivery.book, delivery.event, endpoint, sim.clock.now()
            )
            answer = await self._post(endpoint.url, body, headers)
        delivery.attempts.append({"at": sim.clock.now(), **answer})
        if 200 <= (answer["status"] or 0) < 300:
            log.finish(delivery, DELIVERED)
        # A duplicate that failed does not undo that the first was taken, and nothing
        # that was forgotten in the meantime comes back.
        elif delivery.state == WAITING and log is sim.deliveries:
            self._retry(delivery)

    async def _post(self, url: str, body: bytes, headers: dict) -> dict:
        if not is_loopback(urlsplit(url).hostname):
            error = "The simulator sends nothing beyond this machine."
            return {"status": None, "error": error, "answer": ""}
        try:
            async with self._client().post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                text = await response.text(errors="replace")
                return {"status": response.status, "error": None, "answer": text[:KEPT]}
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as error:
            words = str(error) or type(error).__name__
            return {"status": None, "error": words, "answer": ""}

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A proxy of the environment must not come between two local processes.
            # A connection that the receiver closes while it is idle must not look like
            # a delivery that failed.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                trust_env=False,
            )
        return self._session

    def _retry(self, delivery: Delivery) -> None:
        delays = RETRIES[delivery.book.livemode]
        done = len(delivery.attempts)
        if done > len(delays) or delivery.endpoint.status != "enabled":
            self.sim.deliveries.finish(delivery, FAILED)
            return
        delivery.state = RETRYING
        delivery.due = self.sim.clock.now() + delays[done - 1]

        def send_again() -> None:
            if delivery.state != RETRYING:
                return
            if delivery.endpoint.status != "enabled":
                self.sim.deliveries.finish(delivery, FAILED)
                return
            self._due(delivery)

        self.sim.clock.after(delays[done - 1], send_again)
