"""The form of a reason not to charge, and of all of them together."""

from dataclasses import dataclass
from functools import cached_property

from odoo.tools.translate import LazyGettext


@dataclass(frozen=True, slots=True, eq=False)
class Blocker:
    """A reason not to charge an invoice now.

    :param code: as it is stored; the method ``_is_<code>`` of ``autopay.check``, or of
        ``autopay.judgement`` when it is *of_payer*, says whether it holds
    :param label: a few words, for lists and counts
    :param sentence: one whole sentence, with placeholders for what the decision knows
    :param of_payer: *customer* or *method* when it says the same of all invoices which
        a customer pays, or which a customer pays with a method: configurations and
        customers show it as well
    :param person_decides: whether a person who charges now passes over it
    :param mark: what the dialog Charge Now calls it then
    :param of_reservation: whether a reservation itself brings it about: the last look
        at an invoice that is reserved passes over it
    :param of_waiting: whether a charge that waits for its customer brings it about: the
        look before the customer confirms it passes over it
    :param first_look: *known* when the invoice, its customer and its company tell it
        without a query, *worded* when only its sentence takes one, *held* when it is on
        an attempt that holds the invoice
    :param days: after the autopay date until a person is called about the customer
    :param since_return: whether they count from when the money went back, if later
    :param waits: the rows of ``const.deadline`` that say how long it may last instead
    :param no_deadline: why it may last for good
    :param tells_date_source: whether it is told with where the autopay date comes from
    :param standing: how invoices stand that it keeps from being charged, a key of
        ``const.invoice.STANDINGS``
    """

    code: str
    label: LazyGettext
    sentence: LazyGettext
    of_payer: str = ""
    person_decides: bool = False
    mark: LazyGettext | None = None
    of_reservation: bool = False
    of_waiting: bool = False
    first_look: str = ""
    days: int | None = None
    since_return: bool = False
    waits: tuple[str, ...] = ()
    no_deadline: str = ""
    tells_date_source: bool = False
    standing: str = "blocked"


class BlockerTable:
    """The reasons not to charge, in the order in which they are asked and told."""

    def __init__(self, rows):
        self.rows = {row.code: row for row in rows}

    def __getitem__(self, code):
        return self.rows[code]

    def __iter__(self):
        return iter(self.rows.values())

    @cached_property
    def customer_codes(self):
        """The reasons that are on a customer, whatever the method."""
        return self._get_codes(lambda row: row.of_payer == "customer")

    @cached_property
    def method_codes(self):
        """The reasons that are on a method: it cannot pay at all in a company."""
        return self._get_codes(lambda row: row.of_payer == "method")

    @cached_property
    def payer_codes(self):
        """Both of them."""
        return self.customer_codes + self.method_codes

    @cached_property
    def asked_codes(self):
        """The reasons that are asked, by the mode of a decision."""
        return {
            "scheduled": tuple(self.rows),
            "now": self._get_codes(lambda row: not row.person_decides),
            # A date that is moved while the charge is prepared counts.
            "gate_scheduled": self._get_codes(lambda row: not row.of_reservation),
            "gate_now": self._get_codes(
                lambda row: not row.person_decides and not row.of_reservation
            ),
            "gate_confirm": self._get_codes(
                lambda row: (
                    not row.person_decides
                    and not row.of_reservation
                    and not row.of_waiting
                )
            ),
        }

    @cached_property
    def first_look_codes(self):
        """The reasons up to the first that takes a query, by whether the status of
        the invoice says that no attempt holds it.
        """
        return {idle: self._get_first_looks(idle) for idle in (False, True)}

    def _get_first_looks(self, idle):
        codes = []
        for row in self:
            if row.first_look in ("known", "worded"):
                codes.append(row.code)
            elif not (idle and row.first_look == "held"):
                break
        return tuple(codes)

    def _get_codes(self, condition):
        return tuple(row.code for row in self if condition(row))
