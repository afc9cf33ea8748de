"""A model of Stripe in memory: intents, idempotency, lost and late requests.

It stands where the SDK's client stands, so that the add-on's own gateway speaks to it.
"""

from itertools import count
from types import SimpleNamespace

import stripe

# Fates of a request, besides "ok".
NOT_EXECUTED = ("lost", "late", "busy", "too_many", "error_before")
EXECUTED = ("answer_lost", "answer_unreadable", "error_after")
FAULTS = (*NOT_EXECUTED, *EXECUTED)

ERRORS = {
    "busy": (409, "idempotency_error", "idempotency_key_in_use"),
    "too_many": (429, "invalid_request_error", "rate_limit"),
    "error_before": (500, "api_error", None),
    "error_after": (500, "api_error", None),
}
# Behaviours of a saved method that is charged: the status of the intent then.
BEHAVIOURS = {
    "pays": "succeeded",
    "debits": "processing",
    "declines": "requires_payment_method",
    "asks": "requires_payment_method",
}
REFUSALS = {
    "declines": {"code": "card_declined", "decline_code": "insufficient_funds"},
    "asks": {"code": "authentication_required"},
    "returns": {"code": "payment_intent_payment_attempt_failed"},
}
TAKEN = ("succeeded", "processing")
CLOSED = (*TAKEN, "canceled")


class Reply:
    """An object of the SDK, as far as the gateway looks at it."""

    last_response = None

    def __init__(self, body):
        self._body = body

    def to_dict(self):
        return self._body


class PocketStripe:
    """Payment intents and what happens on the way to them.

    :param moment: called before and after each request is dealt with
    """

    def __init__(self, moment):
        self.intents = {}
        self.behaviours = {}
        self.faults = []
        self.late = []
        self.breaches = []
        self._moment = moment
        self._answers = {}
        self._numbers = count(1)

    def connect(self, gateway):
        """Stand in for the SDK's client of a gateway."""
        gateway._intents = self
        return gateway

    # === THE SDK'S METHODS === #

    def create(self, params, options):
        return self._request(lambda: self._create(params), options, params)

    def confirm(self, intent_id, params, options):
        fingerprint = {"id": intent_id, **params}
        return self._request(lambda: self._confirm(intent_id), options, fingerprint)

    def cancel(self, intent_id, params, options):
        return self._request(lambda: self._cancel(intent_id), options)

    def retrieve(self, intent_id, params, options):
        return self._request(lambda: self._get(intent_id), options)

    def list(self, params, options):
        return self._request(lambda: self._list(params["customer"]), options)

    # === ON THE WAY === #

    def _request(self, execute, options, fingerprint=None):
        """Send a request, and again as the SDK does."""
        tries = 1 + options["max_network_retries"]
        for number in range(tries):
            try:
                return self._send(execute, options.get("idempotency_key"), fingerprint)
            except stripe.APIConnectionError as error:
                if number + 1 == tries or not error.should_retry:
                    raise
        return None

    def _send(self, execute, key, fingerprint):
        fault = self.faults.pop(0) if self.faults else "ok"
        self._moment("request")
        if fault in NOT_EXECUTED:
            self._fail_before(fault, lambda: self._answer(execute, key, fingerprint))
        answer = self._answer(execute, key, fingerprint)
        self._moment("answer")
        if fault in EXECUTED:
            self._fail_after(fault, key)
        return self._open(answer)

    def _fail_before(self, fault, execute):
        if fault == "late":
            self.late.append(execute)
        if fault in ERRORS:
            raise error_of(*ERRORS[fault])
        raise stripe.APIConnectionError("gone", should_retry=True)

    def _fail_after(self, fault, key):
        if fault in ERRORS:
            if key:
                self._answers[key] = (self._answers[key][0], error_of(*ERRORS[fault]))
            raise error_of(*ERRORS[fault])
        raise stripe.APIConnectionError("cut", should_retry=fault == "answer_lost")

    def _answer(self, execute, key, fingerprint):
        """Execute a request once for each key, and keep what came of it."""
        if key in self._answers:
            known, answer = self._answers[key]
            if known != fingerprint:
                self.breaches.append(f"I10: key {key} was used for two requests")
            return answer
        try:
            answer = Reply(execute())
        except stripe.StripeError as error:
            answer = error
        if key:
            self._answers[key] = (fingerprint, answer)
        return answer

    def _open(self, answer):
        if isinstance(answer, Exception):
            raise answer
        return Reply(dict(answer.to_dict()))

    # === INTENTS === #

    def _create(self, params):
        intent = {
            "id": f"pi_{next(self._numbers)}",
            "object": "payment_intent",
            "status": "requires_confirmation",
            "amount": params["amount"],
            "amount_received": 0,
            "currency": params["currency"],
            "customer": params["customer"],
            "payment_method": params["payment_method"],
            "metadata": dict(params["metadata"]),
            "livemode": False,
            "latest_charge": None,
            "last_payment_error": None,
        }
        self.intents[intent["id"]] = intent
        return dict(intent)

    def _confirm(self, intent_id):
        intent = self.intents[intent_id]
        if intent["status"] != "requires_confirmation":
            raise unexpected_state(intent)
        behaviour = self.behaviours[intent["payment_method"]]
        return self._charge(intent, BEHAVIOURS[behaviour], REFUSALS.get(behaviour))

    def _charge(self, intent, status, refusal):
        intent.update(status=status, latest_charge=f"ch_{intent['id']}")
        if status == "succeeded":
            intent["amount_received"] = intent["amount"]
        if refusal:
            self._refuse(intent, refusal)
            raise error_of(402, "card_error", **refusal, payment_intent=dict(intent))
        return dict(intent)

    def _refuse(self, intent, refusal):
        """Stripe takes the method off an intent that was declined."""
        intent.update(
            status="requires_payment_method",
            payment_method=None,
            last_payment_error={"type": "card_error", **refusal},
        )

    def _cancel(self, intent_id):
        intent = self.intents[intent_id]
        if intent["status"] in CLOSED:
            raise unexpected_state(intent)
        intent["status"] = "canceled"
        return dict(intent)

    def _get(self, intent_id):
        return dict(self.intents[intent_id])

    def _list(self, customer):
        found = [row for row in self.intents.values() if row["customer"] == customer]
        return {"data": [dict(row) for row in reversed(found)], "has_more": False}

    # === WHAT HAPPENS BY ITSELF === #

    def settle(self, intent, paid):
        """Let the bank carry out a debit, or return it."""
        if paid:
            intent.update(status="succeeded", amount_received=intent["amount"])
        else:
            self._refuse(intent, REFUSALS["returns"])

    def authenticate(self, intent, passed):
        """Let the customer pay an intent online after all, or fail to."""
        if passed:
            intent.update(status="succeeded", amount_received=intent["amount"])

    def let_late_requests_arrive(self):
        """Execute what was thought lost."""
        late, self.late = self.late, []
        for execute in late:
            execute()

    def get_of_reference(self, reference):
        """Return the intents made for one transaction."""
        return [
            SimpleNamespace(**intent)
            for intent in self.intents.values()
            if intent["metadata"]["autopay_tx"] == reference
        ]


def error_of(status, kind, code=None, **more):
    """Return the SDK's exception for an answer other than 200."""
    error = {"type": kind, "code": code, **more}
    return stripe.APIError("no", http_status=status, json_body={"error": error})


def unexpected_state(intent):
    code = "payment_intent_unexpected_state"
    kind = "invalid_request_error"
    return error_of(400, kind, code, payment_intent=dict(intent))
