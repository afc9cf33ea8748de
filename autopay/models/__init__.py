# First: engine and resolver inherit from it.
from . import autopay_stage  # isort: skip
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
