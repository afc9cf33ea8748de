"""Faults from the selection of due invoices to the last look before the charge."""

from tests.fault_matrix.row import (
    Row,
    in_addon,
    in_crash,
    in_file,
    killed_at,
    killed_during,
    provider_down,
)
from tests.fault_matrix.shown_often import LOST_ANSWERS, NO_MAIL_TO_CUSTOMERS

SAME_INTENT = in_addon(
    "stripe_faults",
    "test_after_a_fault_the_same_preparation_again_makes_no_second_object",
)
CHANGED_BEFORE_GATE = in_addon(
    "autopay_engine", "test_what_changed_since_the_reservation_is_not_charged"
)
TAKEN_AWAY_BEFORE_GATE = in_addon(
    "autopay_guard_ground", "test_gate_withdraws_what_lost_its_ground_a_moment_ago"
)
SEEN_BEFORE_RESERVING = in_addon(
    "fault_matrix_reserve",
    "test_what_changes_between_selection_and_reservation_is_seen",
)
NEVER_SENT = in_addon(
    "fault_matrix_reserve", "test_amount_that_cannot_be_charged_is_never_sent"
)

ROWS = (
    # === SELECT === #
    Row(
        1,
        "S",
        "10,000 invoices are due, the scheduler gives ten seconds",
        "ends in time, oldest first, the rest in the next run, nobody starves",
        in_file(
            "tests/faults/test_database.py",
            "test_ten_thousand_due_invoices_are_taken_oldest_first_and_in_time",
        )
        + in_addon(
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
        in_addon("autopay_stage", "test_one_bad_invoice_does_not_stop_the_others"),
    ),
    Row(
        3,
        "S",
        "the database ends a statement that takes too long",
        "no charge, the next run goes on",
        in_file(
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
        in_file(
            "tests/faults/test_database.py",
            "test_invoice_that_a_user_has_in_hand_is_left_for_the_next_run",
        ),
    ),
    Row(
        5,
        "R",
        "the invoice changes after it was read",
        "read again in a new transaction, charged with what is due now or not at all",
        in_file(
            "tests/crash/test_races.py",
            "test_stage_is_repeated_after_a_conflict_while[reserving]",
        )
        + in_addon("autopay_engine", "test_only_the_residual_is_charged"),
    ),
    Row(
        6,
        "R",
        "the invoice was paid, credited or cancelled meanwhile",
        "left out, nothing is sent",
        in_addon(
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
        killed_at("reserve not committed"),
    ),
    Row(
        8,
        "R",
        "killed after the reservation is committed",
        "no intent is found, the invoice is given back, no charge by that attempt",
        killed_at("reserve committed")
        + in_addon("autopay_resolver", "test_attempt_of_a_dead_run_is_withdrawn"),
    ),
    Row(
        9,
        "R",
        "two workers take the same invoice",
        "one reserves it, the other leaves it alone",
        in_crash("races", "test_two_charge_jobs_at_once_charge_each_invoice_once"),
    ),
    Row(
        10,
        "R",
        "only the unique index sees the second reservation",
        "counts as under way: no error, no alarm",
        in_addon(
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
        + in_addon("autopay_decision", "test_archived_method_is_not_charged"),
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
        + in_addon(
            "autopay_decision",
            "test_three_decimal_amount_that_stripe_cannot_take_is_not_charged",
        )
        + in_addon(
            "money", "test_an_amount_the_provider_cannot_be_asked_for_is_refused"
        ),
    ),
    Row(
        14,
        "R",
        "amount zero, below zero, below the provider's minimum",
        "left out, nothing is sent",
        NEVER_SENT
        + in_addon(
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
        in_crash("outages", "test_invoices_wait_while_nobody_listens_at_the_provider")
        + in_addon(
            "autopay_stage",
            "test_unreachable_provider_leaves_invoices_reserved_until_it_is_back",
        ),
    ),
    Row(
        16,
        "C",
        "time-out, the intent exists at Stripe",
        "found again, one intent only, never charged twice",
        in_addon(
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
        in_addon(
            "fault_matrix_charge",
            "test_requests_that_come_too_fast_end_the_run_early_and_count_as_no_try",
        )
        + in_addon(
            "stripe_faults",
            "test_request_that_came_too_fast_is_repeated_and_charges_once",
        )
        + provider_down("too many requests"),
    ),
    Row(
        20,
        "C",
        "401, 403",
        "the provider is left alone, one alarm, no further request in this run",
        in_addon(
            "autopay_stage",
            "test_missing_key_stops_the_provider_and_keeps_invoices_eligible",
            "test_wrong_key_stops_the_provider_after_one_request",
        )
        + in_crash(
            "outages", "test_wrong_key_stops_the_provider_and_keeps_the_invoices"
        ),
    ),
    Row(
        21,
        "C",
        "400: the method or customer does not exist",
        "needs another method; more than three in a run stop the provider",
        in_addon(
            "fault_matrix_charge",
            "test_many_saved_methods_that_are_gone_stop_the_provider",
        )
        + in_addon(
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
        killed_at("prepare answered", "prepare not committed")
        + killed_during("preparations that arrived"),
    ),
    # === GATE === #
    Row(
        23,
        "G",
        "the invoice is cancelled, reset or credited before the charge",
        "refused; forced, the intent is closed and nothing is charged",
        in_addon(
            "fault_matrix_reserve",
            "test_invoice_changed_past_every_guard_before_the_gate_is_withdrawn",
        )
        + in_addon(
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
        + in_addon(
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
        in_addon(
            "autopay_guard_payment",
            "test_payment_from_elsewhere_is_booked_and_the_attempt_withdrawn",
        )
        + in_addon("attack_portal_held", "test_nobody_pays_what_is_being_collected")
        + CHANGED_BEFORE_GATE,
    ),
)
