# The methods' own model inherits from it.
from . import autopay_token_uses

from . import autopay_method_removal
