from . import autopay_move_series
from . import autopay_series
