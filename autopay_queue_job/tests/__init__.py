from . import test_autopay_queue
from . import test_autopay_queue_company
from . import test_autopay_queue_summary
from . import test_autopay_queue_trouble
