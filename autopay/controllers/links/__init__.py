from . import portal_links
from . import portal_confirm
from . import portal_pay
from . import portal_stop
