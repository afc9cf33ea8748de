from . import autopay_overview
