from . import test_autopay_status
