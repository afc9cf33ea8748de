from . import autopay_charge_now_offer
from . import autopay_charge_now
from . import autopay_charge_now_line
