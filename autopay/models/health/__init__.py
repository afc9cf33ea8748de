from . import autopay_engine_health
from . import autopay_pulse
from . import digest_digest
from . import ir_http
