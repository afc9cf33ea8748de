"""The demonstration: invoices of every kind are charged, then compared."""
