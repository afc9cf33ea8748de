from . import autopay_invariant
from . import autopay_reconciliation
from . import autopay_reconciliation_check
from . import autopay_reconciliation_line
from . import autopay_reconciliation_matching
from . import autopay_reconciliation_total
from . import autopay_surplus
