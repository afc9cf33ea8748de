from . import autopay_sheet

from . import autopay_charge_report
from . import autopay_dry_run_sheet
from . import autopay_readiness_report
from . import autopay_reconciliation_sheet
from . import report_autopay_report_statement
