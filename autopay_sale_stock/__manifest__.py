{
    "name": "Autopay: Deliveries",
    "summary": "Charge sales orders when their last delivery is done",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Autopay contributors",
    "license": "LGPL-3",
    "depends": ["autopay", "autopay_sale", "sale_stock"],
    "auto_install": True,
}
