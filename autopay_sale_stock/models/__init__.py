from . import autopay_order_trigger
from . import sale_order
from . import stock_picking
