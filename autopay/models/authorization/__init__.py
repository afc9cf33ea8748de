from . import autopay_authorization
from . import autopay_terms
