from . import credit_control_communication
from . import credit_control_policy
