{
    "name": "Autopay: Sales Orders",
    "summary": "Choose what pays an invoice by its sales order and the order's tags",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Autopay contributors",
    "license": "LGPL-3",
    "depends": ["autopay", "sale"],
    "data": [
        "security/ir.model.access.csv",
        "views/autopay_configuration_views.xml",
    ],
    "auto_install": True,
}
