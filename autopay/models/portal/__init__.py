from . import autopay_partner_portal
from . import autopay_portal
from . import autopay_portal_consent
