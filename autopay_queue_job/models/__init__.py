from . import autopay_deadline
from . import autopay_engine
from . import autopay_engine_health
from . import autopay_notice_report
from . import autopay_queue
from . import autopay_queue_batch
from . import autopay_run
