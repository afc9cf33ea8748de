from . import autopay_attempt_aside
from . import autopay_attempt_refund
from . import autopay_attempt_resolution
from . import autopay_attempt_schedule
from . import autopay_attempt_state
from . import autopay_attempt_worklist
from . import autopay_attempt
from . import autopay_attempt_line
