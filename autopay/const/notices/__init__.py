from . import kinds
from . import outbox
