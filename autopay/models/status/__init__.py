from . import autopay_move_status
from . import autopay_status
from . import autopay_status_change
from . import autopay_status_mark
from . import autopay_status_pass
from . import autopay_status_source
from . import res_currency
from . import res_currency_rate
