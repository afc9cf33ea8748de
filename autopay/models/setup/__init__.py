from . import autopay_method_setup
from . import autopay_recollect
from . import autopay_saved_method
from . import autopay_setup_keeper
from . import autopay_setup_limits
from . import autopay_setup_opener
from . import autopay_setup_reader
from . import autopay_setup_uses
