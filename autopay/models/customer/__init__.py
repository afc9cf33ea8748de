from . import autopay_partner_consent
from . import autopay_payer_glance
from . import autopay_partner_guard
from . import autopay_partner_open
from . import autopay_readiness
