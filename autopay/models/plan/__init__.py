from . import autopay_installment
from . import autopay_move_plan
from . import autopay_plan
