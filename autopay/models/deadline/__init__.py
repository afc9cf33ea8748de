# The calls are gathered by the one that inherits from it.
from . import autopay_blocked_deadline
from . import autopay_engine_deadline
from . import autopay_request_deadline

from . import autopay_deadline
