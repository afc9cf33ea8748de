"""Tables the whole add-on agrees on, by topic. They import no other room."""

from . import attempt
from . import authorization
from . import blockers
from . import configuration
from . import deadline
from . import decision
from . import engine
from . import event
from . import forecast
from . import invoice
from . import links
from . import methods
from . import notices
from . import portal
from . import reconciliation
from . import retry
from . import reversal
from . import sheet
from . import statement
