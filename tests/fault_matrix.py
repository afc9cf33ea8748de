"""The fault matrix: what can go wrong where, what has to come of it, what shows it."""

from dataclasses import dataclass

POINTS = {
    "S": "select",
    "R": "reserve",
    "C": "create",
    "G": "gate",
    "X": "confirm",
    "W": "record",
    "B": "book",
    "M": "tell",
    "K": "resolve",
    "H": "webhook",
    "J": "scheduler",
    "U": "people",
}


@dataclass(frozen=True)
class Row:
    """One fault.

    :param point: where it strikes, a key of ``POINTS``
    :param tests: what shows the outcome, as ``path::test`` or ``path::test[case]``
    :param left_out: what of the outcome no test shows, and why
    """

    number: int
    point: str
    fault: str
    outcome: str
    tests: tuple[str, ...] = ()
    left_out: str = ""


def _in(path, *names):
    return tuple(f"{path}::{name}" for name in names)


def _addon(stem, *names):
    return _in(f"autopay/tests/test_{stem}.py", *names)


def _crash(stem, *names):
    return _in(f"tests/crash/test_{stem}.py", *names)


def _killed_at(*points):
    name = "test_next_run_converges_after_a_kill_at"
    return _crash("crash_points", *(f"{name}[{point}]" for point in points))


def _killed_during(*waits):
    name = "test_next_run_converges_after_a_kill_during"
    return _crash("crash_network", *(f"{name}[{wait}]" for wait in waits))


def _resolver_killed_at(*pairs):
    name = "test_next_run_converges_when_the_resolver_dies_too"
    return _crash("crash_resolver", *(f"{name}[{pair}]" for pair in pairs))


def _provider_down(*outages):
    name = "test_nobody_is_charged_twice_when_the_provider_goes_down"
    return _crash("outages", *(f"{name}[{outage}]" for outage in outages))


LOST_ANSWERS = _addon(
    "autopay_stage", "test_lost_answers_never_charge_twice_and_never_lose_a_charge"
)
SAME_INTENT = _addon(
    "stripe_faults",
    "test_after_a_fault_the_same_preparation_again_makes_no_second_object",
)
CHANGED_BEFORE_GATE = _addon(
    "autopay_engine", "test_what_changed_since_the_reservation_is_not_charged"
)
TAKEN_AWAY_BEFORE_GATE = _addon(
    "autopay_guard_ground", "test_gate_withdraws_what_lost_its_ground_a_moment_ago"
)
CLEARED_UP = _addon(
    "fault_matrix_charge", "test_unreadable_answers_to_charges_are_cleared_up_by_asking"
)
SEEN_BEFORE_RESERVING = _addon(
    "fault_matrix_reserve",
    "test_what_changes_between_selection_and_reservation_is_seen",
)
NEVER_SENT = _addon(
    "fault_matrix_reserve", "test_amount_that_cannot_be_charged_is_never_sent"
)
NO_MAIL_TO_CUSTOMERS = "nothing is written to customers yet, staff are told"

ROWS = (
    # === SELECT === #
    Row(
        1,
        "S",
        "10,000 invoices are due, the scheduler gives ten seconds",
        "ends in time, oldest first, the rest in the next run, nobody starves",
        _in(
            "tests/faults/test_database.py",
            "test_ten_thousand_due_invoices_are_taken_oldest_first_and_in_time",
        )
        + _addon(
            "autopay_fairness",
            "test_run_cut_short_goes_on_behind_what_it_looked_at",
            "test_invoices_have_their_turn_again_when_the_rest_is_done",
            "test_company_that_waited_longest_comes_first",
        ),
    ),
    Row(
        2,
        "S",
        "a check raises on one invoice",
        "that one is set aside with an alarm, the others are charged",
        _addon("autopay_stage", "test_one_bad_invoice_does_not_stop_the_others"),
    ),
    Row(
        3,
        "S",
        "the database ends a statement that takes too long",
        "no charge, the next run goes on",
        _in(
            "tests/faults/test_database.py",
            "test_statement_that_takes_too_long_charges_nothing_and_is_made_up_for",
        ),
    ),
    # === RESERVE === #
    Row(
        4,
        "R",
        "a user holds the row of the invoice",
        "left out of this run without an error",
        _in(
            "tests/faults/test_database.py",
            "test_invoice_that_a_user_has_in_hand_is_left_for_the_next_run",
        ),
    ),
    Row(
        5,
        "R",
        "the invoice changes after it was read",
        "read again in a new transaction, charged with what is due now or not at all",
        _in(
            "tests/crash/test_races.py",
            "test_stage_is_repeated_after_a_conflict_while[reserving]",
        )
        + _addon("autopay_engine", "test_only_the_residual_is_charged"),
    ),
    Row(
        6,
        "R",
        "the invoice was paid, credited or cancelled meanwhile",
        "left out, nothing is sent",
        _addon(
            "autopay_decision",
            "test_paid_invoice_is_not_charged",
            "test_credited_invoice_is_not_charged",
            "test_cancelled_invoice_is_not_charged",
        )
        + SEEN_BEFORE_RESERVING,
    ),
    Row(
        7,
        "R",
        "killed before the reservation is committed",
        "nothing is left anywhere, the next run is as usual",
        _killed_at("reserve not committed"),
    ),
    Row(
        8,
        "R",
        "killed after the reservation is committed",
        "no intent is found, the invoice is given back, no charge by that attempt",
        _killed_at("reserve committed")
        + _addon("autopay_resolver", "test_attempt_of_a_dead_run_is_withdrawn"),
    ),
    Row(
        9,
        "R",
        "two workers take the same invoice",
        "one reserves it, the other leaves it alone",
        _crash("races", "test_two_charge_jobs_at_once_charge_each_invoice_once"),
    ),
    Row(
        10,
        "R",
        "only the unique index sees the second reservation",
        "counts as under way: no error, no alarm",
        _addon(
            "fault_matrix_reserve",
            "test_second_reservation_that_only_postgres_sees_is_no_trouble_to_anybody",
        ),
    ),
    Row(
        11,
        "R",
        "the payment method was archived a moment ago",
        "left out, another method is asked for",
        SEEN_BEFORE_RESERVING
        + _addon("autopay_decision", "test_archived_method_is_not_charged"),
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        12,
        "R",
        "autopay of the customer is switched off after the selection",
        "left out",
        SEEN_BEFORE_RESERVING,
    ),
    Row(
        13,
        "R",
        "three decimals, an amount that the provider cannot take",
        "a matter of our configuration, nothing is sent",
        NEVER_SENT
        + _addon(
            "autopay_decision",
            "test_three_decimal_amount_that_stripe_cannot_take_is_not_charged",
        )
        + _addon("money", "test_an_amount_the_provider_cannot_be_asked_for_is_refused"),
    ),
    Row(
        14,
        "R",
        "amount zero, below zero, below the provider's minimum",
        "left out, nothing is sent",
        NEVER_SENT
        + _addon(
            "fault_matrix_reserve",
            "test_invoice_below_zero_is_never_posted_and_so_never_charged",
        ),
    ),
    # === CREATE === #
    Row(
        15,
        "C",
        "connection refused",
        "given back or tried again, no money moved",
        _crash("outages", "test_invoices_wait_while_nobody_listens_at_the_provider")
        + _addon(
            "autopay_stage",
            "test_unreachable_provider_leaves_invoices_reserved_until_it_is_back",
        ),
    ),
    Row(
        16,
        "C",
        "time-out, the intent exists at Stripe",
        "found again, one intent only, never charged twice",
        _addon(
            "fault_matrix_charge",
            "test_intent_made_behind_a_time_out_is_the_only_one_and_is_closed",
        )
        + SAME_INTENT,
    ),
    Row(
        17,
        "C",
        "200 with a body that is cut off or HTML",
        "as in row 16",
        LOST_ANSWERS + SAME_INTENT,
    ),
    Row(
        18,
        "C",
        "409: the key is in use",
        "waits, the same key, one intent",
        LOST_ANSWERS + SAME_INTENT,
    ),
    Row(
        19,
        "C",
        "a storm of 429",
        "slower, then the run ends early; counts as no try",
        _addon(
            "fault_matrix_charge",
            "test_requests_that_come_too_fast_end_the_run_early_and_count_as_no_try",
        )
        + _addon(
            "stripe_faults",
            "test_request_that_came_too_fast_is_repeated_and_charges_once",
        )
        + _provider_down("too many requests"),
    ),
    Row(
        20,
        "C",
        "401, 403",
        "the provider is left alone, one alarm, no further request in this run",
        _addon(
            "autopay_stage",
            "test_missing_key_stops_the_provider_and_keeps_invoices_eligible",
            "test_wrong_key_stops_the_provider_after_one_request",
        )
        + _crash("outages", "test_wrong_key_stops_the_provider_and_keeps_the_invoices"),
    ),
    Row(
        21,
        "C",
        "400: the method or customer does not exist",
        "needs another method; more than three in a run stop the provider",
        _addon(
            "fault_matrix_charge",
            "test_many_saved_methods_that_are_gone_stop_the_provider",
        )
        + _addon(
            "stripe_gateway",
            "test_a_method_that_was_detached_meanwhile_is_declined",
            "test_an_unknown_payment_method_is_refused",
        ),
    ),
    Row(
        22,
        "C",
        "killed after Stripe made the intent, before its id is committed",
        "found by its tag and closed, no second one stays open",
        _killed_at("prepare answered", "prepare not committed")
        + _killed_during("preparations that arrived"),
    ),
    # === GATE === #
    Row(
        23,
        "G",
        "the invoice is cancelled, reset or credited before the charge",
        "refused; forced, the intent is closed and nothing is charged",
        _addon(
            "fault_matrix_reserve",
            "test_invoice_changed_past_every_guard_before_the_gate_is_withdrawn",
        )
        + _addon(
            "autopay_guard",
            "test_invoice_under_collection_keeps_its_state",
            "test_credit_note_is_refused_while_money_is_on_its_way",
        ),
    ),
    Row(
        24,
        "G",
        "consent revoked, autopay off or method archived before the charge",
        "the intent is closed, no charge",
        CHANGED_BEFORE_GATE
        + TAKEN_AWAY_BEFORE_GATE
        + _addon(
            "autopay_reversal_dispute",
            "test_method_paused_between_reservation_and_charge_is_not_charged",
        ),
    ),
    Row(
        25,
        "G",
        "the provider is disabled before the charge",
        "no charge, the intent is closed",
        TAKEN_AWAY_BEFORE_GATE,
    ),
    Row(
        26,
        "G",
        "the customer pays meanwhile",
        "refused on the portal; paid by transfer, the intent is closed",
        _addon(
            "autopay_guard_payment",
            "test_payment_from_elsewhere_is_booked_and_the_attempt_withdrawn",
        )
        + _addon("attack_portal_held", "test_nobody_pays_what_is_being_collected")
        + CHANGED_BEFORE_GATE,
    ),
    # === CONFIRM === #
    Row(
        27,
        "X",
        "none",
        "collected, booked, told once",
        _addon(
            "autopay_engine",
            "test_due_invoice_is_charged_posted_and_reconciled",
            "test_second_run_charges_nothing_more",
        )
        + _addon("account_move", "test_outcome_is_told_once_in_the_chatter"),
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        28,
        "X",
        "time-out, Stripe took the money",
        "in doubt, asked, booked once",
        _addon(
            "fault_matrix_charge",
            "test_charge_behind_a_time_out_is_found_and_booked_once",
        ),
    ),
    Row(
        29,
        "X",
        "time-out, Stripe did nothing",
        "asked and withdrawn; no new intent while one is open",
        _addon(
            "fault_matrix_charge",
            "test_charge_that_timed_out_and_arrives_late_is_taken_once",
            "test_no_second_intent_is_made_while_the_first_is_open",
        )
        + _addon(
            "autopay_resolver",
            "test_charge_that_never_arrived_is_withdrawn_and_made_anew",
        )
        + _crash(
            "crash_points",
            "test_charge_that_arrives_after_the_invoice_was_given_back_takes_nothing",
        ),
    ),
    Row(
        30,
        "X",
        "the connection breaks after the request was sent",
        "as in rows 28 and 29",
        _addon(
            "autopay_resolver",
            "test_executed_charge_is_booked_once_when_the_answer_was_lost",
        )
        + LOST_ANSWERS,
    ),
    Row(
        31,
        "X",
        "200 with an unreadable body",
        "in doubt, asked, booked once",
        CLEARED_UP + _provider_down("unreadable answers"),
    ),
    Row(
        32,
        "X",
        "500, also repeated for the key",
        "asking decides",
        CLEARED_UP + _provider_down("errors while charging", "errors after charging"),
    ),
    Row(
        33,
        "X",
        "502 of a proxy",
        "asking decides",
        CLEARED_UP + _provider_down("proxy errors after charging"),
    ),
    Row(
        34,
        "X",
        "402: insufficient funds",
        "tried again on a date, told once, counts as a try",
        _addon(
            "autopay_engine",
            "test_declined_invoice_is_released_with_reason_and_next_try",
            "test_declined_card_is_not_charged_again_the_same_day",
            "test_retries_end_after_the_last_step",
        ),
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        35,
        "X",
        "402: lost, stolen, fraudulent",
        "never again with this method, neutral words for the customer",
        _addon("autopay_engine", "test_lost_card_is_never_tried_again_by_itself")
        + _addon(
            "autopay_decision",
            "test_stolen_card_is_not_tried_on_other_invoices_until_it_is_chosen_anew",
        )
        + _addon(
            "stripe_declines",
            "test_whoever_holds_a_stolen_card_reads_nothing_special",
        ),
    ),
    Row(
        36,
        "X",
        "402: the bank wants the customer",
        "waits for the customer, who completes the same intent; booked once",
        _addon(
            "autopay_engine",
            "test_charge_that_needs_authentication_keeps_the_invoice_reserved",
        )
        + _addon("autopay_resolver", "test_customer_who_confirms_late_is_booked")
        + _addon(
            "stripe_gateway", "test_a_customer_who_authenticates_pays_the_same_intent"
        ),
        left_out="no link is sent to the customer yet",
    ),
    Row(
        37,
        "X",
        "402: consent withdrawn at the bank",
        "the authorization is revoked, nothing more is charged, staff are told",
        _addon("fault_matrix_charge", "test_stopped_consent_pauses_all_and_tells_staff")
        + _addon(
            "autopay_decision",
            "test_authorization_that_the_bank_reports_revoked_is_revoked",
        ),
    ),
    Row(
        38,
        "X",
        "a block because of an earlier decline",
        "needs another method, no further try",
        _addon(
            "fault_matrix_charge",
            "test_block_after_an_earlier_decline_asks_for_another_method",
        ),
    ),
    Row(
        39,
        "X",
        "200: a bank debit is processing",
        "in progress, no further try, asked about every day",
        _addon(
            "fault_matrix_charge",
            "test_bank_debit_is_asked_about_again_within_a_day_and_never_repeated",
        )
        + _addon(
            "autopay_engine",
            "test_bank_debit_stays_in_progress_until_the_bank_confirms",
        ),
    ),
    Row(
        40,
        "X",
        "200: requires action",
        "waits for the customer",
        _addon(
            "fault_matrix_charge",
            "test_intent_that_asks_for_the_customer_without_a_refusal_waits_for_them",
        ),
    ),
    Row(
        41,
        "X",
        "200: requires capture",
        "a matter of our configuration, a person decides",
        _addon(
            "fault_matrix_charge",
            "test_money_that_is_held_but_not_taken_is_left_to_a_person",
        )
        + _addon("autopay_decision", "test_provider_that_only_authorizes_is_not_used"),
    ),
    Row(
        42,
        "X",
        "400: unexpected state of the intent",
        "asked; booked when it succeeded",
        _addon(
            "fault_matrix_charge",
            "test_charge_confirmed_by_somebody_else_a_moment_before_is_booked",
        )
        + _addon(
            "stripe_gateway",
            "test_a_repeat_after_the_key_expired_finds_the_money_already_taken",
        ),
    ),
    Row(
        43,
        "X",
        "kill -9 while the answer is on its way",
        "booked or given back, one charge at most",
        _killed_during(
            "first charge that arrived",
            "charges that arrived",
            "charges that arrive later",
        )
        + _crash(
            "crash_network",
            "test_worker_killed_with_fifty_charges_in_flight_charges_each_invoice_once",
        ),
    ),
    Row(
        44,
        "X",
        "Odoo's time limit kills the worker",
        "as in row 43",
        _in(
            "tests/faults/test_scheduler.py",
            "test_worker_killed_at_its_time_limit_while_charging_charges_once",
        ),
    ),
    Row(
        45,
        "X",
        "the answer drips in",
        "not waited for, in doubt",
        _addon(
            "fault_matrix_charge",
            "test_answer_that_drips_for_too_long_is_not_waited_for",
        ),
    ),
    Row(
        46,
        "X",
        "another amount in the answer",
        "alarm, held, the intent's id is kept, not booked",
        _addon(
            "fault_matrix_charge",
            "test_other_amount_in_the_answer_raises_an_alarm_and_keeps_the_intent",
        ),
    ),
    Row(
        47,
        "X",
        "an answer of the other mode or account",
        "alarm, the provider is left alone",
        _addon(
            "fault_matrix_charge",
            "test_answer_of_the_other_mode_raises_an_alarm_and_stops_the_provider",
        )
        + _addon(
            "stripe_gateway",
            "test_another_account_does_not_release_what_ours_may_have_charged",
        ),
    ),
    # === RECORD === #
    Row(
        48,
        "W",
        "others were faster in the database, one to many times",
        "repeated, recorded",
        _crash(
            "races",
            "test_stage_is_repeated_after_a_conflict_while[recording]",
            "test_stage_is_repeated_after_a_conflict_while[recording it in Odoo]",
            "test_no_money_is_lost_when_conflicts_go_on_while[recording-7]",
            "test_no_money_is_lost_when_conflicts_go_on_while[recording-1000000]",
        ),
    ),
    Row(
        49,
        "W",
        "the database is gone after the charge",
        "in doubt on disk, booked later",
        _crash(
            "races",
            "test_lost_database_connection_while_charging_is_mended_by_the_next_run",
        ),
    ),
    Row(
        50,
        "W",
        "killed between answer and commit",
        "booked once",
        _killed_at("charge answered", "record not committed"),
    ),
    Row(
        51,
        "W",
        "a message brought the outcome first",
        "no second booking, told once",
        _addon(
            "fault_matrix_charge",
            "test_outcome_that_a_message_brought_first_is_booked_and_told_once",
        )
        + _addon(
            "webhook_delivery",
            "test_held_event_that_comes_after_the_booking_changes_nothing",
        )
        + _addon("autopay_attempt", "test_outcome_that_comes_twice_changes_nothing"),
    ),
    # === BOOK === #
    Row(
        52,
        "B",
        "lock date, archived account",
        "alarm, held, never charged again, booked once it is mended",
        _addon(
            "fault_matrix_books",
            "test_charge_in_a_locked_period_is_booked_once_in_an_open_one",
            "test_charge_with_an_archived_account_stays_held_until_it_is_mended",
        )
        + _addon(
            "autopay_resolver",
            "test_charge_that_cannot_be_booked_stays_reserved_and_is_booked_later",
        ),
    ),
    Row(
        53,
        "B",
        "the invoice is cancelled before the booking",
        "payment posted and left open, a person is asked",
        _addon(
            "autopay_resolver",
            "test_charge_of_an_invoice_cancelled_meanwhile_is_booked_and_told",
        )
        + _addon(
            "autopay_double_success",
            "test_invoice_that_was_canceled_meanwhile_leaves_the_payment_open",
        ),
    ),
    Row(
        54,
        "B",
        "the invoice is reset to draft before the booking",
        "refused; forced, it is not posted again and a person is asked",
        _addon(
            "fault_matrix_books",
            "test_invoice_forced_to_draft_before_the_booking_is_not_posted_again",
        )
        + _addon("autopay_guard", "test_invoice_under_collection_keeps_its_state"),
    ),
    Row(
        55,
        "B",
        "Odoo's own sweep books at the same time",
        "one payment",
        _addon("autopay_attempt", "test_odoos_sweep_never_books_a_second_payment")
        + _addon(
            "autopay_guard_ground",
            "test_sweep_leaves_charges_alone_that_are_not_booked",
        ),
    ),
    Row(
        56,
        "B",
        "killed between payment and reconciliation",
        "rolled back, done once",
        _killed_at("book not committed"),
    ),
    # === TELL === #
    Row(
        57,
        "M",
        "a message cannot be made",
        "money as if nothing had happened, told later",
        _addon(
            "fault_matrix_books",
            "test_broken_message_costs_no_money_and_is_sent_once_it_can_be",
        ),
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        58,
        "M",
        "killed after the booking, before anybody is told",
        "told once, later",
        _killed_at("book committed", "notify not committed"),
    ),
    # === RESOLVE === #
    Row(
        59,
        "K",
        "the resolver is killed, or works twice",
        "nothing is booked twice",
        _resolver_killed_at(
            "gate committed-doubt not committed",
            "gate committed-closing arrived",
            "charge answered-answer arrived",
            "charge answered-answer not committed",
            "charge answered-book not committed",
        )
        + _crash("races", "test_two_jobs_at_once_recover_a_dead_run_once"),
    ),
    Row(
        60,
        "K",
        "Stripe is down for a day",
        "invoices stay held, one alarm, no charge",
        _addon(
            "fault_matrix_books",
            "test_day_without_the_provider_is_one_alarm_and_no_charge",
        )
        + _crash(
            "outages",
            "test_nobody_is_charged_twice_when_the_provider_is_down_after_a_kill",
        ),
    ),
    Row(
        61,
        "K",
        "25 hours later, the keys have expired",
        "asks and closes, never sends an old key",
        _addon("fault_matrix_charge", "test_expired_keys_are_never_sent_again"),
    ),
    Row(
        62,
        "K",
        "no intent is found for a reservation",
        "given back only when the list was complete; a late intent is never charged",
        _addon("stripe_reading", "test_an_incomplete_list_never_says_absent")
        + _crash(
            "crash_points",
            "test_preparation_that_arrives_after_the_invoice_was_given_back_is_ignored",
        )
        + _killed_during("preparations that arrive later"),
        left_out="no second look at an empty list: an intent made later is unconfirmed",
    ),
    # === WEBHOOK === #
    Row(
        63,
        "H",
        "an event comes before our record is committed",
        "stored, applied later",
        _addon(
            "autopay_event", "test_event_that_comes_before_our_record_is_applied_later"
        ),
    ),
    Row(
        64,
        "H",
        "one event ten times, two at once",
        "one effect",
        _addon(
            "webhook_delivery",
            "test_each_event_delivered_five_times_has_one_effect",
        )
        + _addon("stripe_webhook", "test_event_sent_ten_times_is_stored_once")
        + _addon("autopay_event", "test_two_workers_do_not_disturb_each_other"),
    ),
    Row(
        65,
        "H",
        "events out of order",
        "the state at the provider",
        _addon("webhook_delivery", "test_events_in_any_order_end_in_the_same_state")
        + _addon(
            "autopay_event", "test_events_out_of_order_end_in_the_state_at_the_provider"
        ),
    ),
    Row(
        66,
        "H",
        "forged, unsigned, wrong or another provider's secret, too old",
        "refused, nothing written",
        _addon(
            "stripe_webhook",
            "test_message_without_signature_is_refused",
            "test_message_signed_with_another_secret_is_refused",
            "test_message_changed_after_it_was_signed_is_refused",
            "test_message_is_refused_five_minutes_after_it_was_signed",
            "test_provider_without_secret_accepts_nothing",
        )
        + _addon("attack_webhook", "test_secret_of_another_provider_is_refused")
        + _addon(
            "webhook_delivery",
            "test_recorded_message_is_refused_when_changed_or_too_old",
        ),
    ),
    Row(
        67,
        "H",
        "the secret is rolled: two signatures in any order",
        "accepted",
        _addon(
            "stripe_webhook",
            "test_signature_that_matches_counts_wherever_it_stands",
            "test_replaced_secret_is_accepted_for_a_day",
        )
        + _addon(
            "webhook_delivery",
            "test_message_signed_with_both_secrets_while_one_is_rolled_is_accepted",
        ),
    ),
    Row(
        68,
        "H",
        "no event ever comes",
        "the same end by asking",
        _addon("webhook_delivery", "test_lost_events_change_nothing_in_the_end")
        + _addon("autopay_event", "test_without_any_event_the_same_state_is_reached"),
    ),
    Row(
        69,
        "H",
        "dispute, or a debit returned after the booking",
        "booked back, the invoice is open again, staff and customer are told",
        _addon(
            "autopay_reversal_dispute",
            "test_dispute_opens_the_invoice_again",
            "test_returned_debit_opens_the_invoice_and_is_not_a_dispute",
            "test_alarm_is_closed_when_we_win",
        ),
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        70,
        "H",
        "a refund is made in Stripe's dashboard",
        "booked once, not charged again",
        _addon(
            "autopay_reversal",
            "test_refund_is_booked_once_however_often_it_is_reported",
            "test_refunded_invoice_is_not_charged_again_by_itself",
        )
        + _addon(
            "webhook_delivery",
            "test_refund_made_in_the_dashboard_is_followed_at_once",
        ),
    ),
    Row(
        71,
        "H",
        "the bank renews the card",
        "the method is updated, nothing is charged at once",
        _addon(
            "autopay_method_reader",
            "test_renewed_card_gets_its_new_digits_and_date",
            "test_renewed_card_is_not_charged_at_once",
        )
        + _addon("webhook_delivery", "test_card_renewed_by_the_bank_is_told_and_read"),
    ),
    # === SCHEDULER === #
    Row(
        72,
        "J",
        "two servers, the lock of the job is lost meanwhile",
        "no second charge",
        _in(
            "tests/faults/test_scheduler.py",
            "test_two_servers_charge_once_when_the_lock_of_the_job_is_lost",
        )
        + _crash("races", "test_two_charge_jobs_at_once_charge_each_invoice_once"),
    ),
    Row(
        73,
        "J",
        "the job raises after it charged",
        "one request for each invoice, however often it is called",
        _in(
            "tests/faults/test_database.py",
            "test_job_that_raises_after_charging_asks_for_each_invoice_once",
        ),
    ),
    Row(
        74,
        "J",
        "an invoice kills the worker each time",
        "set aside after two deaths, the others are charged",
        _crash(
            "poison",
            "test_invoice_that_kills_every_run_is_set_aside_after_two_crashes",
        ),
    ),
    Row(
        75,
        "J",
        "the clock jumps by a day or an hour",
        "no further attempts",
        _addon(
            "fault_matrix_people", "test_clock_that_jumps_brings_no_further_attempts"
        ),
    ),
    Row(
        76,
        "J",
        "the job was off for days",
        "people see it; afterwards one attempt for each invoice that is due",
        _addon(
            "fault_matrix_people",
            "test_after_days_without_a_run_each_invoice_is_charged_once",
        ),
        left_out="no banner and no dates of notice yet",
    ),
    Row(
        77,
        "J",
        "a module is being upgraded",
        "no charge, nothing is broken afterwards",
        _in(
            "tests/faults/test_scheduler.py",
            "test_nothing_is_charged_while_a_module_is_being_upgraded",
        ),
    ),
    Row(
        78,
        "J",
        "a copy of the database that nobody neutralized",
        "refused: it is not the database in which autopay was switched on",
        _addon(
            "fault_matrix_people",
            "test_copy_of_the_database_charges_nothing_and_asks_nothing",
        )
        + _addon("neutralize", "test_copy_charges_nothing_even_when_switched_on_again"),
        left_out="a copy by PostgreSQL's tools that keeps its identity looks the same",
    ),
    # === PEOPLE === #
    Row(
        79,
        "U",
        "Charge now twice, or while the job is charging",
        "one charge",
        _addon(
            "autopay_charge_now",
            "test_second_click_does_nothing_more",
            "test_second_wizard_on_the_same_invoice_does_nothing_more",
        )
        + _addon(
            "fault_matrix_people",
            "test_charge_now_while_the_job_is_charging_does_nothing_more",
        ),
    ),
    Row(
        80,
        "U",
        "staff call a transaction paid",
        "refused or without effect, no payment without a charge",
        _addon(
            "autopay_attempt",
            "test_billing_user_cannot_change_money_or_state_of_its_transaction",
        )
        + _addon(
            "autopay_guard_ground", "test_nobody_but_the_engine_moves_its_transaction"
        )
        + _addon(
            "fault_matrix_people",
            "test_transaction_that_is_only_called_paid_books_nothing",
        ),
    ),
    Row(
        81,
        "U",
        "staff withdraw a charge in doubt",
        "refused until its outcome is known",
        _addon(
            "autopay_guard_ground",
            "test_what_a_run_or_the_bank_has_in_hand_cannot_be_withdrawn",
        ),
    ),
    Row(
        82,
        "U",
        "the provider goes from test to live while a debit is under way",
        "alarm, the debit is kept and booked with its key; no new charge",
        _addon(
            "fault_matrix_people",
            "test_provider_switched_to_live_raises_an_alarm_and_loses_no_debit",
        ),
    ),
    Row(
        83,
        "U",
        "customers merged, company changed, currency archived",
        "resolved or left out, never charged to somebody else",
        _addon(
            "fault_matrix_people",
            "test_customer_merged_into_another_is_booked_there_and_charged_once",
        )
        + _addon(
            "autopay_decision",
            "test_method_of_another_customer_is_never_charged",
            "test_provider_of_another_company_is_not_used",
            "test_archived_currency_is_not_charged",
        ),
    ),
    Row(
        84,
        "U",
        "the customer pays the invoice in the same second",
        "one charge",
        _addon(
            "fault_matrix_people",
            "test_customer_who_pays_while_the_job_is_charging_is_refused",
            "test_payment_that_a_customer_has_begun_keeps_the_job_away",
        )
        + _addon("attack_portal_held", "test_nobody_pays_what_is_being_collected"),
    ),
    Row(
        85,
        "U",
        "many declines of one card, over several invoices",
        "the limit of the card networks holds",
        _addon(
            "fault_matrix_people",
            "test_method_that_was_declined_too_often_rests_for_all_its_invoices",
        )
        + _addon(
            "autopay_decision",
            "test_stolen_card_is_not_tried_on_other_invoices_until_it_is_chosen_anew",
        ),
        left_out="one card that was saved twice counts as two",
    ),
    Row(
        86,
        "R",
        "the journal or the outstanding account is archived before the charge",
        "nothing is charged, one alarm; charged once it is back",
        _addon(
            "autopay_bookable",
            "test_archived_journal_stops_the_provider_until_it_is_back",
            "test_archived_outstanding_account",
            "test_journal_that_is_archived_after_the_reservation",
        ),
    ),
    Row(
        87,
        "B",
        "no payment can be posted, for whatever reason",
        "one charge, then none until a booking works again",
        _addon(
            "autopay_bookable",
            "test_first_booking_that_fails_is_the_last_charge_until_it_is_mended",
            "test_one_payment_that_cannot_be_booked_holds_up_no_other_for_good",
            "test_provider_that_cannot_be_asked_is_stopped_as_well",
        ),
    ),
    Row(
        88,
        "R",
        "every invoice fails alike: a sequence archived, another module's constraint",
        "the run ends with one alarm, nothing is set aside; goes on once it is mended",
        _addon(
            "autopay_common_fault",
            "test_archived_sequence_ends_the_run_with_one_alarm_and_sets_nothing_aside",
            "test_constraint_of_another_module_strikes_all",
            "test_several_bad_invoices_are_set_aside_where_others_work",
            "test_what_was_set_aside_comes_back_when_the_fault_is_mended",
        ),
    ),
    Row(
        89,
        "W",
        "what became of the charges cannot be saved",
        "one charge, its provider is left alone; found out and booked",
        _addon(
            "autopay_common_fault",
            "test_charge_that_cannot_be_recorded_stops_its_provider",
        ),
    ),
    Row(
        90,
        "U",
        "another payment of the invoice arrives after the charge",
        "a person is called, the refund is proposed, the books end right",
        _addon(
            "autopay_surplus",
            "test_dispute_that_is_won_after_a_second_charge",
            "test_refund_that_fails_after_a_second_charge",
            "test_voucher_that_is_paid_after_the_charge",
            "test_payment_that_was_an_error_before_the_charge",
            "test_daily_check_finds_what_has_slipped_through",
        ),
    ),
)
