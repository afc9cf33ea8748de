from . import autopay_editor
from . import autopay_explanation
from . import autopay_move_action
from . import autopay_move_date
from . import autopay_other_payment
from . import autopay_payer
from . import autopay_settlement
from . import autopay_unapplied
