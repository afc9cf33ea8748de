"""Rules for runs, messages and words to people that hold once nothing moves."""

from collections import Counter

TOLD_STATES = ("succeeded", "declined", "pending", "action_required")


def events_left_over(state):
    """Every message of the provider was dealt with."""
    for event in state.events:
        if event["state"] not in ("processed", "ignored"):
            yield f"The event {event['type']} is {event['state']}: {event['reason']}"


def runs_left_running(state):
    """Every run is closed."""
    for run in state.runs:
        if run["state"] == "running":
            yield f"Run {run['name']} looks as if it were running."


def told_twice(state):
    """People are told of each outcome once, and asked for each thing once."""
    asked = Counter(
        # Alarms of runs are about a provider: one is enough, whichever run it is of.
        (
            row["res_model"],
            row["res_model"] != "autopay.run" and row["res_id"],
            row["summary"],
        )
        for row in state.activities
    )
    for (model, _record_id, summary), count in asked.items():
        if count > 1:
            yield f"Staff are asked {count} times on {model}: {summary}."
    told = Counter((row["invoice"], row["body"]) for row in state.messages)
    for (invoice, body), count in told.items():
        if count > 1:
            yield f"Invoice {invoice} says {count} times: {body}"


def never_told(state):
    """People are told of each outcome."""
    for attempt in state.attempts:
        about = [row for row in state.messages if f">{attempt['name']}<" in row["body"]]
        if attempt["state"] in TOLD_STATES and not about:
            yield f"Nobody was told that {attempt['name']} is {attempt['state']}."
