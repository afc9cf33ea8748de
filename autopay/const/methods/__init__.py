"""Tables about the payment methods of customers: how they come, and how they go."""

from . import request
from . import setup
