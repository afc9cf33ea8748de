from . import autopay_deadline_invoice
from . import autopay_deadline
