from . import autopay_consent
from . import autopay_partner_discount
from . import autopay_payer_glance
from . import autopay_payer_guard
from . import autopay_readiness
