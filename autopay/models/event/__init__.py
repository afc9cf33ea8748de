from . import autopay_event
from . import autopay_event_handler
from . import autopay_method_reader
from . import autopay_method_refusal
from . import autopay_webhook
