"""The demonstration: invoices of every kind, charged before your eyes, then compared."""
