"""Faults that come from outside: messages, the scheduler, people."""

from tests.fault_matrix.row import Row, in_addon, in_crash, in_file
from tests.fault_matrix.shown_often import NO_MAIL_TO_CUSTOMERS

ROWS = (
    # === WEBHOOK === #
    Row(
        63,
        "H",
        "an event comes before our record is committed",
        "stored, applied later",
        in_addon(
            "autopay_event", "test_event_that_comes_before_our_record_is_applied_later"
        ),
    ),
    Row(
        64,
        "H",
        "one event ten times, two at once",
        "one effect",
        in_addon(
            "webhook_delivery",
            "test_each_event_delivered_five_times_has_one_effect",
        )
        + in_addon("stripe_webhook", "test_event_sent_ten_times_is_stored_once")
        + in_addon("autopay_event", "test_two_workers_do_not_disturb_each_other"),
    ),
    Row(
        65,
        "H",
        "events out of order",
        "the state at the provider",
        in_addon("webhook_delivery", "test_events_in_any_order_end_in_the_same_state")
        + in_addon(
            "autopay_event", "test_events_out_of_order_end_in_the_state_at_the_provider"
        ),
    ),
    Row(
        66,
        "H",
        "forged, unsigned, wrong or another provider's secret, too old",
        "refused, nothing written",
        in_addon(
            "stripe_webhook",
            "test_message_without_signature_is_refused",
            "test_message_signed_with_another_secret_is_refused",
            "test_message_changed_after_it_was_signed_is_refused",
            "test_message_is_refused_five_minutes_after_it_was_signed",
            "test_provider_without_secret_accepts_nothing",
        )
        + in_addon("attack_webhook", "test_secret_of_another_provider_is_refused")
        + in_addon(
            "webhook_delivery",
            "test_recorded_message_is_refused_when_changed_or_too_old",
        ),
    ),
    Row(
        67,
        "H",
        "the secret is rolled: two signatures in any order",
        "accepted",
        in_addon(
            "stripe_webhook",
            "test_signature_that_matches_counts_wherever_it_stands",
            "test_replaced_secret_is_accepted_for_a_day",
        )
        + in_addon(
            "webhook_delivery",
            "test_message_signed_with_both_secrets_while_one_is_rolled_is_accepted",
        ),
    ),
    Row(
        68,
        "H",
        "no event ever comes",
        "the same end by asking",
        in_addon("webhook_delivery", "test_lost_events_change_nothing_in_the_end")
        + in_addon("autopay_event", "test_without_any_event_the_same_state_is_reached"),
    ),
    Row(
        69,
        "H",
        "dispute, or a debit returned after the booking",
        "booked back, the invoice is open again, staff and customer are told",
        in_addon(
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
        in_addon(
            "autopay_reversal",
            "test_refund_is_booked_once_however_often_it_is_reported",
            "test_refunded_invoice_is_not_charged_again_by_itself",
        )
        + in_addon(
            "webhook_delivery",
            "test_refund_made_in_the_dashboard_is_followed_at_once",
        ),
    ),
    Row(
        71,
        "H",
        "the bank renews the card",
        "the method is updated, nothing is charged at once",
        in_addon(
            "autopay_method_reader",
            "test_renewed_card_gets_its_new_digits_and_date",
            "test_renewed_card_is_not_charged_at_once",
        )
        + in_addon(
            "webhook_delivery", "test_card_renewed_by_the_bank_is_told_and_read"
        ),
    ),
    # === SCHEDULER === #
    Row(
        72,
        "J",
        "two servers, the lock of the job is lost meanwhile",
        "no second charge",
        in_file(
            "tests/faults/test_scheduler.py",
            "test_two_servers_charge_once_when_the_lock_of_the_job_is_lost",
        )
        + in_crash("races", "test_two_charge_jobs_at_once_charge_each_invoice_once"),
    ),
    Row(
        73,
        "J",
        "the job raises after it charged",
        "one request for each invoice, however often it is called",
        in_file(
            "tests/faults/test_database.py",
            "test_job_that_raises_after_charging_asks_for_each_invoice_once",
        ),
    ),
    Row(
        74,
        "J",
        "an invoice kills the worker each time",
        "set aside after two deaths, the others are charged",
        in_crash(
            "poison",
            "test_invoice_that_kills_every_run_is_set_aside_after_two_crashes",
        ),
    ),
    Row(
        75,
        "J",
        "the clock jumps by a day or an hour",
        "no further attempts",
        in_addon(
            "fault_matrix_people", "test_clock_that_jumps_brings_no_further_attempts"
        ),
    ),
    Row(
        76,
        "J",
        "the job was off for days",
        "people see it; afterwards one attempt for each invoice that is due",
        in_addon(
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
        in_file(
            "tests/faults/test_scheduler.py",
            "test_nothing_is_charged_while_a_module_is_being_upgraded",
        ),
    ),
    Row(
        78,
        "J",
        "a copy of the database that nobody neutralized",
        "refused: it is not the database in which autopay was switched on",
        in_addon(
            "fault_matrix_people",
            "test_copy_of_the_database_charges_nothing_and_asks_nothing",
        )
        + in_addon(
            "neutralize", "test_copy_charges_nothing_even_when_switched_on_again"
        )
        # PostgreSQL's tools leave a copy the identity that Odoo has given it.
        + in_addon("autopay_database", "test_every_fact_tells_a_copy"),
    ),
    # === PEOPLE === #
    Row(
        79,
        "U",
        "Charge now twice, or while the job is charging",
        "one charge",
        in_addon(
            "autopay_charge_now",
            "test_second_click_does_nothing_more",
            "test_second_wizard_on_the_same_invoice_does_nothing_more",
        )
        + in_addon(
            "fault_matrix_people",
            "test_charge_now_while_the_job_is_charging_does_nothing_more",
        ),
    ),
    Row(
        80,
        "U",
        "staff call a transaction paid",
        "refused or without effect, no payment without a charge",
        in_addon(
            "autopay_attempt",
            "test_billing_user_cannot_change_money_or_state_of_its_transaction",
        )
        + in_addon(
            "autopay_guard_ground", "test_nobody_but_the_engine_moves_its_transaction"
        )
        + in_addon(
            "fault_matrix_people",
            "test_transaction_that_is_only_called_paid_books_nothing",
        ),
    ),
    Row(
        81,
        "U",
        "staff withdraw a charge in doubt",
        "refused until its outcome is known",
        in_addon(
            "autopay_guard_ground",
            "test_what_a_run_or_the_bank_has_in_hand_cannot_be_withdrawn",
        ),
    ),
    Row(
        82,
        "U",
        "the provider goes from test to live while a debit is under way",
        "alarm, the debit is kept and booked with its key; no new charge",
        in_addon(
            "fault_matrix_people",
            "test_provider_switched_to_live_raises_an_alarm_and_loses_no_debit",
        ),
    ),
    Row(
        83,
        "U",
        "customers merged, company changed, currency archived",
        "resolved or left out, never charged to somebody else",
        in_addon(
            "fault_matrix_people",
            "test_customer_merged_into_another_is_booked_there_and_charged_once",
        )
        + in_addon(
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
        in_addon(
            "fault_matrix_people",
            "test_customer_who_pays_while_the_job_is_charging_is_refused",
            "test_payment_that_a_customer_has_begun_keeps_the_job_away",
        )
        + in_addon("attack_portal_held", "test_nobody_pays_what_is_being_collected"),
    ),
    Row(
        85,
        "U",
        "many declines of one card, over several invoices",
        "the limit of the card networks holds",
        in_addon(
            "fault_matrix_people",
            "test_method_that_was_declined_too_often_rests_for_all_its_invoices",
        )
        + in_addon(
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
        in_addon(
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
        in_addon(
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
        in_addon(
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
        in_addon(
            "autopay_common_fault",
            "test_charge_that_cannot_be_recorded_stops_its_provider",
        ),
    ),
    Row(
        90,
        "U",
        "another payment of the invoice arrives after the charge",
        "a person is called, the refund is proposed, the books end right",
        in_addon(
            "autopay_surplus",
            "test_dispute_that_is_won_after_a_second_charge",
            "test_refund_that_fails_after_a_second_charge",
            "test_voucher_that_is_paid_after_the_charge",
            "test_payment_that_was_an_error_before_the_charge",
            "test_daily_check_finds_what_has_slipped_through",
        ),
    ),
)
