from . import autopay_reconciliation_sheet
