from . import autopay_condition_domain
from . import autopay_configuration_condition
