"""The reasons not to charge an invoice now: one row each, in the order of asking."""

from .amounts import AMOUNT_BLOCKERS
from .blocker import Blocker, BlockerTable
from .invoices import INVOICE_BLOCKERS
from .methods import METHOD_BLOCKERS

# Other modules add to them with ``_get_blockers`` of ``autopay.decision``.
BLOCKERS = (*INVOICE_BLOCKERS, *METHOD_BLOCKERS, *AMOUNT_BLOCKERS)
