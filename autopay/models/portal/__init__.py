from . import autopay_move_portal
from . import autopay_partner_portal
from . import autopay_portal
from . import autopay_portal_coming
from . import autopay_portal_consent
from . import ir_qweb_field_autopay_day
from . import autopay_stop_link
