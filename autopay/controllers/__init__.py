from . import portal
from . import sheet
from . import stripe_webhook
