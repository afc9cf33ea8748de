# Other rooms inherit from these.
from . import guard
from . import engine
from . import notification
from . import status

from . import confirmation

from . import attempt
from . import authorization
from . import company
from . import configuration
from . import credit
from . import customer
from . import deadline
from . import decision
from . import dunning
from . import event
from . import fallback
from . import forecast
from . import health
from . import invoice
from . import notice
from . import overview
from . import plan
from . import portal
from . import reconciliation
from . import removal
from . import request
from . import reversal
from . import setup
from . import statement

from . import account_move
from . import account_move_line
from . import account_partial_reconcile
from . import account_payment
from . import ir_module_module
from . import mail_activity
from . import mail_mail
from . import payment_method
from . import payment_provider
from . import payment_token
from . import payment_transaction
from . import res_company
from . import res_config_settings
from . import res_partner
from . import sequence_mixin
