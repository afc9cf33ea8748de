from . import test_autopay_queue
from . import test_autopay_queue_trouble
