from . import kinds
from . import outbox
from . import staff
