from . import autopay_scope
from . import autopay_guard
from . import autopay_own_values
from . import autopay_default_guard
from . import autopay_provider_guard
from . import autopay_transaction_doubt
from . import autopay_transaction_guard
from . import autopay_transaction_wait
