from . import autopay_demo
