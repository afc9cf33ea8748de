from . import test_autopay_credit_control
