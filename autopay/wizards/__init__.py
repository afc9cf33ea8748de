from . import account_payment_register
from . import autopay_charge_now
from . import autopay_charge_now_line
from . import autopay_invariant_result
from . import autopay_policy
from . import autopay_resolve
from . import autopay_set_date
from . import payment_link_wizard
