{
    "name": "Autopay: Contracts",
    "summary": "Choose what pays an invoice by the contract it was made for",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Autopay contributors",
    "license": "AGPL-3",
    "depends": ["autopay", "contract"],
    "data": [
        "security/ir.model.access.csv",
        "views/autopay_configuration_views.xml",
    ],
    "auto_install": True,
}
