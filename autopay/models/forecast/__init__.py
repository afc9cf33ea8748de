from . import autopay_forecast_days
from . import autopay_dry_run
from . import autopay_dry_run_line
from . import autopay_dry_run_total
from . import autopay_forecast
