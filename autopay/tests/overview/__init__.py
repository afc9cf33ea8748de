from . import test_autopay_overview
