from . import autopay_company_dunning
from . import autopay_move_dunning
