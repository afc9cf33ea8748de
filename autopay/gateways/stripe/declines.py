"""How a refusal is treated: all its codes are looked up, the strictest one counts."""

from dataclasses import dataclass

from .decline_codes import (
    ADVICE_CODES,
    CODES,
    ERROR_TYPES,
    MISSING_PARAMS,
    NETWORK_ADVICE_CODES,
    NETWORK_CODES,
    OUTCOME_REASONS,
    STRICTNESS,
    UNRECOGNISED,
    UNRECOGNISED_BLOCK,
    Rule,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Everything Stripe said about one refusal; empty where it said nothing."""

    code: str = ""
    decline_code: str = ""
    advice_code: str = ""
    network_decline_code: str = ""
    network_advice_code: str = ""
    error_type: str = ""
    param: str = ""
    outcome_type: str = ""
    outcome_reason: str = ""
    network_status: str = ""


@dataclass(frozen=True, slots=True)
class Classification:
    """The advice about a refusal.

    :param code: the most exact code given: the reason of a block by Stripe, else the
        decline code, else the error code
    :param recognised: False when no table knows the code: one careful retry, then staff
    """

    rule: Rule
    code: str
    recognised: bool


def classify(refusal: Refusal) -> Classification:
    """Return what to do about a refusal.

    A block by Stripe itself is final: its decline code is only a generic cover.
    Otherwise the decline or error code, the network's code and both advices each name a
    rule, and the strictest of them counts. An unknown code is retried once, and staff
    are told.
    """
    code = refusal.decline_code or refusal.code
    if _is_blocked(refusal):
        blocked = OUTCOME_REASONS.get(refusal.outcome_reason, UNRECOGNISED_BLOCK)
        known = refusal.outcome_reason in OUTCOME_REASONS
        return Classification(blocked, refusal.outcome_reason or code, known)
    reasons = _present(_code_rule(refusal), _network_rule(refusal))
    fallback = ERROR_TYPES.get(refusal.error_type, UNRECOGNISED)
    rule = _strictest([*(reasons or [fallback]), *_advices(refusal)])
    return Classification(rule, code, bool(reasons))


def known_codes() -> set[str]:
    """Return every code that has a row; staff sentences exist for each of them."""
    tables = (CODES, OUTCOME_REASONS, NETWORK_CODES)
    return {code for table in tables for code in table}


def _is_blocked(refusal: Refusal) -> bool:
    if refusal.outcome_type == "blocked":
        return True
    not_sent = refusal.network_status == "not_sent_to_network"
    return not_sent and refusal.outcome_reason in OUTCOME_REASONS


def _present(*rules: Rule | None) -> list[Rule]:
    return [rule for rule in rules if rule]


def _network_rule(refusal: Refusal) -> Rule | None:
    return NETWORK_CODES.get(refusal.network_decline_code)


def _advices(refusal: Refusal) -> list[Rule]:
    return _present(
        ADVICE_CODES.get(refusal.advice_code),
        NETWORK_ADVICE_CODES.get(refusal.network_advice_code),
    )


def _code_rule(refusal: Refusal) -> Rule | None:
    if refusal.code == "resource_missing" and refusal.param in MISSING_PARAMS:
        return MISSING_PARAMS[refusal.param]
    # "card_declined" only says that a decline code follows: one we do not know must
    # not hide behind it.
    if refusal.decline_code and refusal.code in ("", "card_declined"):
        return CODES.get(refusal.decline_code)
    return CODES.get(refusal.decline_code) or CODES.get(refusal.code)


def _strictest(rules: list[Rule]) -> Rule:
    top = max((rule.decline_class for rule in rules), key=STRICTNESS.index)
    same = [rule for rule in rules if rule.decline_class == top]
    return Rule(
        top,
        retry_limit=_lowest_limit(same),
        wait_hours=max(rule.wait_hours for rule in same),
        staff=any(rule.staff for rule in rules),
        stops_provider=any(rule.stops_provider for rule in rules),
    )


def _lowest_limit(rules: list[Rule]) -> int | None:
    limits = [rule.retry_limit for rule in rules if rule.retry_limit is not None]
    return min(limits, default=None)
