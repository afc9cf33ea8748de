from . import autopay_payment_list
from . import autopay_statement
from . import autopay_statement_owner
from . import autopay_statement_row
