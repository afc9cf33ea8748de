from . import test_autopay_dunning
