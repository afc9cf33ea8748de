from . import portal
from . import portal_common
from . import portal_home
from . import portal_statement
from . import portal_methods
from . import portal_request
from . import sheet
from . import stripe_webhook
