"""The reasons not to charge that are on the sales orders of an invoice."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.autopay.const.blockers import Blocker

_lt = LazyTranslate(__name__)

ORDER_CANCELLED = Blocker(
    "order_cancelled",
    _lt("Sales order cancelled"),
    _lt(
        "The sales order %(orders)s was cancelled, so nothing is charged. Issue a "
        "credit note if nothing is owed any more, or press Charge Now."
    ),
    person_decides=True,
    mark=_lt("Order cancelled"),
    days=3,
)

# It is told after this one.
TOLD_AFTER = "collected_open"
