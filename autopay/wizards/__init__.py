from . import charge
from . import plan
from . import request

from . import account_move_reversal
from . import account_payment_register
from . import autopay_configuration_lock_wizard
from . import autopay_consent_wizard
from . import autopay_first_step
from . import autopay_invariant_result
from . import autopay_policy
from . import autopay_refuse
from . import autopay_resolve
from . import autopay_retry
from . import autopay_set_date
from . import autopay_statement_wizard
from . import base_partner_merge_automatic_wizard
from . import payment_link_wizard
