from . import test_autopay_order_credit
from . import test_autopay_order_portal
from . import test_autopay_order_tour
from . import test_autopay_order_trigger
from . import test_autopay_prepaid_order
from . import test_autopay_sale
from . import test_autopay_sale_rights
from . import test_sale_advance_payment_inv
