"""A real mail server for tests: takes every mail and keeps it."""

import contextlib
import email
import email.policy
import socket

from aiosmtpd.controller import Controller


class Mailbox:
    """The mails that a server has taken, in their order."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        """Take a mail, as aiosmtpd hands it over."""
        message = email.message_from_bytes(
            envelope.content, policy=email.policy.default
        )
        self.mails += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def read(self):
        """Return (name of the customer, subject) of each mail."""
        return [
            (address.partition("@")[0], message["Subject"])
            for address, message in self.mails
        ]

    @contextlib.contextmanager
    def listening(self):
        """Give the port on which mails are taken, for a block."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield port
        finally:
            controller.stop()
