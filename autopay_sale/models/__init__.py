# The order inherits from these.
from . import autopay_order_collect
from . import autopay_order_portal
from . import autopay_order_progress

from . import account_move
from . import autopay_check
from . import autopay_condition_domain
from . import autopay_configuration_condition
from . import autopay_decision
from . import autopay_engine_health
from . import autopay_open_credit
from . import autopay_order_trigger
from . import autopay_portal
from . import payment_transaction
from . import sale_order
from . import sale_order_line
