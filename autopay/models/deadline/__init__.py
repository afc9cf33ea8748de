from . import autopay_deadline
