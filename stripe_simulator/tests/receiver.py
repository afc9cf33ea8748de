"""A web server that takes webhooks, for tests."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe


class Receiver:
    """Listens on a loopback address; ``answers`` are the statuses to come, then 200,
    ``seconds`` how long each takes."""

    def __init__(self):
        self.bodies = []
        self.signatures = []
        self.answers = []
        self.seconds = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                receiver.bodies.append(self.rfile.read(length).decode())
                receiver.signatures.append(self.headers["Stripe-Signature"])
                time.sleep(receiver.seconds)
                answers = receiver.answers
                self.send_response(answers.pop(0) if answers else 200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *args):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    @property
    def events(self):
        """The events that came, in the order in which they came."""
        return [json.loads(body) for body in self.bodies]

    @property
    def types(self):
        return [event["type"] for event in self.events]

    def verify(self, secret, number=-1):
        """Return the event of a delivery, or raise the SDK's error."""
        body, signature = self.bodies[number], self.signatures[number]
        return stripe.Webhook.construct_event(body, signature, secret)
