from . import test_autopay_terms
