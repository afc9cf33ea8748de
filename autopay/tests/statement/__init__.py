from . import test_autopay_statement
from . import test_autopay_statement_property
