from . import autopay_plan_wizard
from . import autopay_plan_wizard_line
