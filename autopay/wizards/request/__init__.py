from . import autopay_request_wizard
from . import autopay_request_wizard_line
