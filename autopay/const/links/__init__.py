"""Tables about the links that lead customers to one thing, without logging in."""

from . import confirmation
from . import payment
from . import stop
