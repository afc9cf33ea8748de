from . import autopay_open_credit
from . import autopay_credit_application
