"""The meaning of refused bank debits, for staff: one whole sentence for each code."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


def _each(codes, sentence):
    return dict.fromkeys(codes.split(), sentence)


BANK_SENTENCES = {
    # Stripe's codes.
    **_each("account_closed bank_account_closed", _lt("The bank account is closed.")),
    **_each(
        "bank_account_invalid_details incorrect_account_details account_number_invalid",
        _lt("The bank account's details are incorrect."),
    ),
    "no_account": _lt("The bank account does not exist."),
    "routing_number_invalid": _lt("The bank's routing number is incorrect."),
    "bank_account_declined": _lt("The bank account cannot be used for debits."),
    "bank_account_unverified": _lt("The bank account is not verified yet."),
    "bank_account_frozen": _lt("The bank account is frozen."),
    "bank_account_restricted": _lt("The bank account does not allow debits."),
    "bank_account_unusable": _lt("The bank account could not be debited."),
    "bank_cannot_process": _lt("The customer's bank cannot process the debit."),
    "debit_not_authorized": _lt(
        "The customer told the bank that the debit is not authorized."
    ),
    "payment_method_bank_account_blocked": _lt(
        "The bank account is blocked after a failed debit."
    ),
    "recipient_deceased": _lt("The account holder is deceased."),
    "refer_to_customer": _lt("The bank refused the debit and refers to the customer."),
    "sepa_unsupported_account": _lt("The bank account does not support SEPA debits."),
    "tokenized_account_number_deactivated": _lt(
        "The link to the bank account was deactivated; it must be linked again."
    ),
    **_each(
        "payment_intent_mandate_invalid setup_intent_mandate_invalid"
        " billing_invalid_mandate",
        _lt("The mandate is no longer valid; a new one is needed."),
    ),
    # ACH returns.
    "R01": _lt("The bank account has insufficient funds (ACH return R01)."),
    "R02": _lt("The bank account is closed (ACH return R02)."),
    "R03": _lt("The bank account could not be located (ACH return R03)."),
    "R04": _lt("The bank account number is invalid (ACH return R04)."),
    "R05": _lt(
        "The customer did not authorize this debit of a consumer account (ACH return "
        "R05)."
    ),
    "R06": _lt("The debit was returned at the request of our bank (ACH return R06)."),
    "R07": _lt("The customer revoked the authorization (ACH return R07)."),
    "R08": _lt("The customer stopped the payment (ACH return R08)."),
    "R09": _lt("The funds on the bank account are not available yet (ACH return R09)."),
    "R10": _lt(
        "The customer told the bank that the debit is not authorized (ACH return R10)."
    ),
    "R11": _lt(
        "The debit does not follow the terms of the authorization (ACH return R11)."
    ),
    "R12": _lt("The bank account was moved to another bank (ACH return R12)."),
    "R13": _lt("The routing number is not valid for ACH (ACH return R13)."),
    "R14": _lt("The payee or account holder is deceased (ACH return R14)."),
    "R15": _lt("The account holder is deceased (ACH return R15)."),
    "R16": _lt("The bank account is frozen (ACH return R16)."),
    "R17": _lt("The bank could not process the debit's details (ACH return R17)."),
    "R18": _lt("The date of the debit is not acceptable (ACH return R18)."),
    "R19": _lt("The amount of the debit is not acceptable (ACH return R19)."),
    "R20": _lt("The bank account does not allow debits (ACH return R20)."),
    "R21": _lt("The company identification is invalid (ACH return R21)."),
    "R22": _lt("The identification of the customer is invalid (ACH return R22)."),
    "R23": _lt("The customer refused the entry (ACH return R23)."),
    "R24": _lt("The bank received the debit twice (ACH return R24)."),
    **_each(
        "R25 R26 R27 R28", _lt("The debit contained an error (ACH return R25 to R28).")
    ),
    "R29": _lt("The business told its bank to refuse the debit (ACH return R29)."),
    "R31": _lt("The bank returned the debit by agreement (ACH return R31)."),
    # SEPA reason codes.
    "AM04": _lt("The bank account has insufficient funds (SEPA AM04)."),
    "AM05": _lt("The debit was sent twice (SEPA AM05)."),
    "AC01": _lt("The IBAN is incorrect (SEPA AC01)."),
    "AC04": _lt("The bank account is closed (SEPA AC04)."),
    "AC06": _lt("The bank account is blocked (SEPA AC06)."),
    "AC13": _lt("The bank account is of the wrong kind (SEPA AC13)."),
    "AG01": _lt("The bank account does not allow debits (SEPA AG01)."),
    "AG02": _lt("The transaction code of the debit is invalid (SEPA AG02)."),
    "BE05": _lt("The creditor identifier is incorrect (SEPA BE05)."),
    "RC01": _lt("The BIC is incorrect (SEPA RC01)."),
    "FF01": _lt("The format of the debit is invalid (SEPA FF01)."),
    "FF05": _lt("The kind of the debit is incorrect (SEPA FF05)."),
    "CNOR": _lt("The creditor's bank is not registered (SEPA CNOR)."),
    "DNOR": _lt("The debtor's bank is not registered (SEPA DNOR)."),
    "MD01": _lt("There is no valid mandate (SEPA MD01)."),
    "MD02": _lt("The details of the mandate are incorrect (SEPA MD02)."),
    "MD06": _lt("The customer asked the bank for the money back (SEPA MD06)."),
    "MD07": _lt("The account holder is deceased (SEPA MD07)."),
    "MS02": _lt("The customer refused the debit (SEPA MS02)."),
    "MS03": _lt("The bank refused the debit without a reason (SEPA MS03)."),
    "SL01": _lt("The customer blocked debits of this creditor (SEPA SL01)."),
    **_each(
        "RR01 RR02 RR03 RR04",
        _lt("Details that regulation demands are missing (SEPA RR01 to RR04)."),
    ),
}
