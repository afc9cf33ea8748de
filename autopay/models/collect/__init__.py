from . import autopay_collect_source
from . import autopay_collected
from . import autopay_move_collect
