{
    "name": "Autopay: Credit Control",
    "summary": "Send no reminders of what is charged by itself",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Autopay contributors",
    "license": "AGPL-3",
    "depends": ["autopay", "account_credit_control"],
    "auto_install": True,
}
