from . import autopay_check
from . import autopay_condition_domain
from . import autopay_configuration_condition
from . import autopay_decision
from . import autopay_open_credit
from . import payment_transaction
