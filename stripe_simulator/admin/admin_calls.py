"""How the admin addresses are spoken to, with the standard library only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

TIMEOUT = 30


class AdminError(Exception):
    """The simulator refused an admin request; the text says why."""


class AdminCaller:
    """Sends JSON to the admin addresses and reads the answers."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        # A proxy of the environment must not come between two local processes.
        handler = urllib.request.ProxyHandler({})
        self._opener = urllib.request.build_opener(handler)

    def _call(
        self,
        method: str,
        path: str,
        body: dict | None = None,
        timeout: float = TIMEOUT,
    ) -> dict:
        request = urllib.request.Request(  # noqa: S310 - the address is our own
            f"{self.url}/_admin{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        try:
            with self._opener.open(request, timeout=timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise AdminError(_sentence(error.read())) from None


def _sentence(body: bytes) -> str:
    try:
        return json.loads(body)["error"]
    except (ValueError, KeyError):
        return body.decode(errors="replace")
