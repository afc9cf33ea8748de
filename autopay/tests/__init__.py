from . import test_autopay_engine
