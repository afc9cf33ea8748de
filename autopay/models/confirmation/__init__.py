from . import autopay_attempt_confirmation
from . import autopay_confirmation
from . import autopay_move_confirmation
from . import autopay_pay_link
