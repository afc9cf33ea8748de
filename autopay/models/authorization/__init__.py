from . import autopay_authorization
