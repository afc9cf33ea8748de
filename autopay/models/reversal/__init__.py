from . import autopay_move_dispute
from . import autopay_reversal
from . import autopay_reversal_booking
from . import autopay_reversal_notice
from . import autopay_reversal_poll
from . import autopay_reversal_report
from . import autopay_reversal_watch
