"""Faults of the charge itself: the request, the provider, its answer."""

from tests.fault_matrix.row import (
    Row,
    in_addon,
    in_crash,
    in_file,
    killed_during,
    provider_down,
)
from tests.fault_matrix.shown_often import LOST_ANSWERS, NO_MAIL_TO_CUSTOMERS

CLEARED_UP = in_addon(
    "fault_matrix_charge", "test_unreadable_answers_to_charges_are_cleared_up_by_asking"
)

ROWS = (
    # === CONFIRM === #
    Row(
        27,
        "X",
        "none",
        "collected, booked, told once",
        in_addon(
            "autopay_engine",
            "test_due_invoice_is_charged_posted_and_reconciled",
            "test_second_run_charges_nothing_more",
        )
        + in_addon("account_move", "test_outcome_is_told_once_in_the_chatter"),
        left_out=NO_MAIL_TO_CUSTOMERS,
    ),
    Row(
        28,
        "X",
        "time-out, Stripe took the money",
        "in doubt, asked, booked once",
        in_addon(
            "fault_matrix_charge",
            "test_charge_behind_a_time_out_is_found_and_booked_once",
        ),
    ),
    Row(
        29,
        "X",
        "time-out, Stripe did nothing",
        "asked and withdrawn; no new intent while one is open",
        in_addon(
            "fault_matrix_charge",
            "test_charge_that_timed_out_and_arrives_late_is_taken_once",
            "test_no_second_intent_is_made_while_the_first_is_open",
        )
        + in_addon(
            "autopay_resolver",
            "test_charge_that_never_arrived_is_withdrawn_and_made_anew",
        )
        + in_crash(
            "crash_points",
            "test_charge_that_arrives_after_the_invoice_was_given_back_takes_nothing",
        ),
    ),
    Row(
        30,
        "X",
        "the connection breaks after the request was sent",
        "as in rows 28 and 29",
        in_addon(
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
        CLEARED_UP + provider_down("unreadable answers"),
    ),
    Row(
        32,
        "X",
        "500, also repeated for the key",
        "asking decides",
        CLEARED_UP + provider_down("errors while charging", "errors after charging"),
    ),
    Row(
        33,
        "X",
        "502 of a proxy",
        "asking decides",
        CLEARED_UP + provider_down("proxy errors after charging"),
    ),
    Row(
        34,
        "X",
        "402: insufficient funds",
        "tried again on a date, told once, counts as a try",
        in_addon(
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
        in_addon("autopay_engine", "test_lost_card_is_never_tried_again_by_itself")
        + in_addon(
            "autopay_decision",
            "test_stolen_card_is_not_tried_on_other_invoices_until_it_is_chosen_anew",
        )
        + in_addon(
            "stripe_declines",
            "test_whoever_holds_a_stolen_card_reads_nothing_special",
        ),
    ),
    Row(
        36,
        "X",
        "402: the bank wants the customer",
        "waits for the customer, who completes the same intent; booked once",
        in_addon(
            "autopay_engine",
            "test_charge_that_needs_authentication_keeps_the_invoice_reserved",
        )
        + in_addon("autopay_resolver", "test_customer_who_confirms_late_is_booked")
        + in_addon(
            "stripe_gateway", "test_a_customer_who_authenticates_pays_the_same_intent"
        ),
        left_out="no link is sent to the customer yet",
    ),
    Row(
        37,
        "X",
        "402: consent withdrawn at the bank",
        "the authorization is revoked, nothing more is charged, staff are told",
        in_addon(
            "fault_matrix_charge", "test_stopped_consent_pauses_all_and_tells_staff"
        )
        + in_addon(
            "autopay_decision",
            "test_authorization_that_the_bank_reports_revoked_is_revoked",
        ),
    ),
    Row(
        38,
        "X",
        "a block because of an earlier decline",
        "needs another method, no further try",
        in_addon(
            "fault_matrix_charge",
            "test_block_after_an_earlier_decline_asks_for_another_method",
        ),
    ),
    Row(
        39,
        "X",
        "200: a bank debit is processing",
        "in progress, no further try, asked about every day",
        in_addon(
            "fault_matrix_charge",
            "test_bank_debit_is_asked_about_again_within_a_day_and_never_repeated",
        )
        + in_addon(
            "autopay_engine",
            "test_bank_debit_stays_in_progress_until_the_bank_confirms",
        ),
    ),
    Row(
        40,
        "X",
        "200: requires action",
        "waits for the customer",
        in_addon(
            "fault_matrix_charge",
            "test_intent_that_asks_for_the_customer_without_a_refusal_waits_for_them",
        ),
    ),
    Row(
        41,
        "X",
        "200: requires capture",
        "a matter of our configuration, a person decides",
        in_addon(
            "fault_matrix_charge",
            "test_money_that_is_held_but_not_taken_is_left_to_a_person",
        )
        + in_addon(
            "autopay_decision", "test_provider_that_only_authorizes_is_not_used"
        ),
    ),
    Row(
        42,
        "X",
        "400: unexpected state of the intent",
        "asked; booked when it succeeded",
        in_addon(
            "fault_matrix_charge",
            "test_charge_confirmed_by_somebody_else_a_moment_before_is_booked",
        )
        + in_addon(
            "stripe_gateway",
            "test_a_repeat_after_the_key_expired_finds_the_money_already_taken",
        ),
    ),
    Row(
        43,
        "X",
        "kill -9 while the answer is on its way",
        "booked or given back, one charge at most",
        killed_during(
            "first charge that arrived",
            "charges that arrived",
            "charges that arrive later",
        )
        + in_crash(
            "crash_network",
            "test_worker_killed_with_fifty_charges_in_flight_charges_each_invoice_once",
        ),
    ),
    Row(
        44,
        "X",
        "Odoo's time limit kills the worker",
        "as in row 43",
        in_file(
            "tests/faults/test_scheduler.py",
            "test_worker_killed_at_its_time_limit_while_charging_charges_once",
        ),
    ),
    Row(
        45,
        "X",
        "the answer drips in",
        "not waited for, in doubt",
        in_addon(
            "fault_matrix_charge",
            "test_answer_that_drips_for_too_long_is_not_waited_for",
        ),
    ),
    Row(
        46,
        "X",
        "another amount in the answer",
        "alarm, held, the intent's id is kept, not booked",
        in_addon(
            "fault_matrix_charge",
            "test_other_amount_in_the_answer_raises_an_alarm_and_keeps_the_intent",
        ),
    ),
    Row(
        47,
        "X",
        "an answer of the other mode or account",
        "alarm, the provider is left alone",
        in_addon(
            "fault_matrix_charge",
            "test_answer_of_the_other_mode_raises_an_alarm_and_stops_the_provider",
        )
        + in_addon(
            "stripe_gateway",
            "test_another_account_does_not_release_what_ours_may_have_charged",
        ),
    ),
)
