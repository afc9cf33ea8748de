"""Faults while a customer saves a payment method."""

from tests.fault_matrix.row import Row

ROWS = (
    Row(
        105,
        "V",
        "killed between the customer's wish and the provider's page",
        "the next press leads to one page, for one customer at the provider",
    ),
    Row(
        106,
        "V",
        "killed after the customer has saved a method, before it is finished here",
        "one method, one consent, one copy; never one without the other",
    ),
    Row(
        107,
        "V",
        "the page of return and the scheduled action are at it at once",
        "one method, one consent",
    ),
    Row(
        108,
        "V",
        "the message is lost, and the customer does not come back",
        "the scheduled action finds what was saved, within an hour",
    ),
    Row(
        109,
        "V",
        "the customer comes back before the message, or after it",
        "one method, whichever comes first",
    ),
    Row(
        110,
        "V",
        "a message about what did not happen, or a session of somebody else",
        "only the provider's answer counts; nothing of others is saved",
    ),
    Row(
        111,
        "V",
        "the answer with the page or with the customer is lost",
        "the next press has the same page and the same customer",
    ),
    Row(
        112,
        "V",
        "the same card is saved twice",
        "one method, the newest; what was agreed about it goes on",
    ),
    Row(
        113,
        "V",
        "the page has expired, was left, or is finished late",
        "another page is made; nothing is saved, or what was saved late is kept",
    ),
    Row(
        114,
        "V",
        "the card is declined, or the account is not verified",
        "nothing is saved, the customer may try another one",
    ),
    Row(
        115,
        "V",
        "the link is answered, expires or is withdrawn while its page is open",
        "what is saved there is kept and pays nothing; a person is called",
    ),
    Row(
        116,
        "V",
        "the customer is merged or moved while the page is open",
        "nobody else is charged; the method is kept, a person is called",
    ),
    Row(
        117,
        "V",
        "somebody asks for many pages, one after the other or all at once",
        "five for a customer in an hour; the others are refused in words",
    ),
    Row(
        118,
        "V",
        "the provider cannot be reached, or stays silent",
        "said to the customer, one alarm, given up in the end",
    ),
    Row(
        119,
        "V",
        "what was saved at the provider cannot be kept here",
        "nothing of it is kept halfway, a person is called",
    ),
    Row(
        120,
        "V",
        "a method is replaced while an invoice is being charged with it",
        "that charge goes on as it is, the next ones use the new method",
    ),
)
