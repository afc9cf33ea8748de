"""Faults from the answer to the end: recorded, booked, told, cleared up."""

from tests.fault_matrix.row import (
    Row,
    in_addon,
    in_crash,
    killed_at,
    killed_during,
    resolver_killed_at,
)
from tests.fault_matrix.shown_often import NO_MAIL_TO_CUSTOMERS

ROWS = (
    # === RECORD === #
    Row(
        48,
        "W",
        "others were faster in the database, one to many times",
        "repeated, recorded",
        in_crash(
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
        in_crash(
            "races",
            "test_lost_database_connection_while_charging_is_mended_by_the_next_run",
        ),
    ),
    Row(
        50,
        "W",
        "killed between answer and commit",
        "booked once",
        killed_at("charge answered", "record not committed"),
    ),
    Row(
        51,
        "W",
        "a message brought the outcome first",
        "no second booking, told once",
        in_addon(
            "fault_matrix_charge",
            "test_outcome_that_a_message_brought_first_is_booked_and_told_once",
        )
        + in_addon(
            "webhook_delivery",
            "test_held_event_that_comes_after_the_booking_changes_nothing",
        )
        + in_addon("autopay_attempt", "test_outcome_that_comes_twice_changes_nothing"),
    ),
    # === BOOK === #
    Row(
        52,
        "B",
        "lock date, archived account",
        "alarm, held, never charged again, booked once it is mended",
        in_addon(
            "fault_matrix_books",
            "test_charge_in_a_locked_period_is_booked_once_in_an_open_one",
            "test_charge_with_an_archived_account_stays_held_until_it_is_mended",
        )
        + in_addon(
            "autopay_resolver",
            "test_charge_that_cannot_be_booked_stays_reserved_and_is_booked_later",
        ),
    ),
    Row(
        53,
        "B",
        "the invoice is cancelled before the booking",
        "payment posted and left open, a person is asked",
        in_addon(
            "autopay_resolver",
            "test_charge_of_an_invoice_cancelled_meanwhile_is_booked_and_told",
        )
        + in_addon(
            "autopay_double_success",
            "test_invoice_that_was_canceled_meanwhile_leaves_the_payment_open",
        ),
    ),
    Row(
        54,
        "B",
        "the invoice is reset to draft before the booking",
        "refused; forced, it is not posted again and a person is asked",
        in_addon(
            "fault_matrix_books",
            "test_invoice_forced_to_draft_before_the_booking_is_not_posted_again",
        )
        + in_addon("autopay_guard", "test_invoice_under_collection_keeps_its_state"),
    ),
    Row(
        55,
        "B",
        "Odoo's own sweep books at the same time",
        "one payment",
        in_addon("autopay_attempt", "test_odoos_sweep_never_books_a_second_payment")
        + in_addon(
            "autopay_guard_ground",
            "test_sweep_leaves_charges_alone_that_are_not_booked",
        ),
    ),
    Row(
        56,
        "B",
        "killed between payment and reconciliation",
        "rolled back, done once",
        killed_at("book not committed"),
    ),
    # === TELL === #
    Row(
        57,
        "M",
        "a message cannot be made",
        "money as if nothing had happened, told later",
        in_addon(
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
        killed_at("book committed", "notify not committed"),
    ),
    # === RESOLVE === #
    Row(
        59,
        "K",
        "the resolver is killed, or works twice",
        "nothing is booked twice",
        resolver_killed_at(
            "gate committed-doubt not committed",
            "gate committed-closing arrived",
            "charge answered-answer arrived",
            "charge answered-answer not committed",
            "charge answered-book not committed",
        )
        + in_crash("races", "test_two_jobs_at_once_recover_a_dead_run_once"),
    ),
    Row(
        60,
        "K",
        "Stripe is down for a day",
        "invoices stay held, one alarm, no charge",
        in_addon(
            "fault_matrix_books",
            "test_day_without_the_provider_is_one_alarm_and_no_charge",
        )
        + in_crash(
            "outages",
            "test_nobody_is_charged_twice_when_the_provider_is_down_after_a_kill",
        ),
    ),
    Row(
        61,
        "K",
        "25 hours later, the keys have expired",
        "asks and closes, never sends an old key",
        in_addon("fault_matrix_charge", "test_expired_keys_are_never_sent_again"),
    ),
    Row(
        62,
        "K",
        "no intent is found for a reservation",
        "given back only when the list was complete; a late intent is never charged",
        in_addon("stripe_reading", "test_an_incomplete_list_never_says_absent")
        + in_crash(
            "crash_points",
            "test_preparation_that_arrives_after_the_invoice_was_given_back_is_ignored",
        )
        + killed_during("preparations that arrive later"),
        left_out="no second look at an empty list: an intent made later is unconfirmed",
    ),
)
