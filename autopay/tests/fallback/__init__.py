from . import test_autopay_fallback
