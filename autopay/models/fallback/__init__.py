from . import autopay_company_fallback
from . import autopay_fallback
from . import autopay_move_fallback
from . import autopay_partner_fallback
