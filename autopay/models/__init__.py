# Abstract models first: the others inherit from them.
from . import autopay_attempt_schedule
from . import autopay_attempt_state
from . import autopay_check
from . import autopay_entry
from . import autopay_explanation
from . import autopay_reservation
from . import autopay_stage

from . import account_move
from . import autopay_attempt
from . import autopay_attempt_line
from . import autopay_authorization
from . import autopay_booking
from . import autopay_decision
from . import autopay_engine
from . import autopay_notification
from . import autopay_resolver
from . import autopay_run
from . import payment_provider
from . import payment_token
from . import payment_transaction
from . import res_company
from . import res_config_settings
from . import res_partner
from . import sequence_mixin
