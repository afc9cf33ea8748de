from . import test_autopay_contract
from . import test_autopay_contract_rights
from . import test_subscription_oca
