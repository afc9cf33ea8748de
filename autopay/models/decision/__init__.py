from . import autopay_approval_request
from . import autopay_judgement
from . import autopay_check
from . import autopay_configuration_cap
from . import autopay_approval
from . import autopay_bookable
from . import autopay_decision
from . import autopay_first_look
