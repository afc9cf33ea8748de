from . import autopay_noticed
from . import autopay_notification
from . import autopay_refusal_notice
