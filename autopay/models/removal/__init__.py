# The models of methods and providers inherit from them.
from . import autopay_provider_archive
from . import autopay_token_uses

from . import autopay_method_removal
