"""Spreadsheets: where they are downloaded, and of what."""

# Spreadsheets: where they are downloaded, and of what.
SHEET_PATH = "/autopay/sheet/"

SHEET_MODELS = ("autopay.dry.run", "autopay.reconciliation")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
