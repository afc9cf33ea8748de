# Other models inherit from these.
from . import autopay_request_mail
from . import autopay_partner_request

from . import autopay_link
from . import autopay_method_request
from . import autopay_request_contacts
