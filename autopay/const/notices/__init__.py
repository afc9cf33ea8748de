from . import before
from . import expiring
from . import kinds
from . import outbox
from . import staff
