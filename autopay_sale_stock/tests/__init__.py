from . import test_autopay_delivery
