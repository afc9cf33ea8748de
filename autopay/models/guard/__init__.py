from . import autopay_scope
from . import autopay_known_prefetch
from . import autopay_move_guard
from . import autopay_default_guard
from . import autopay_link_thread
from . import autopay_provider_usage
from . import autopay_transaction_guard
from . import autopay_transaction_wait
