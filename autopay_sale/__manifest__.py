{
    "name": "Autopay: Sales Orders",
    "summary": "Invoice and charge sales orders when they are confirmed or delivered",
    "version": "19.0.1.1.0",
    "category": "Accounting/Accounting",
    "author": "Autopay contributors",
    "license": "LGPL-3",
    "depends": ["autopay", "sale"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "views/autopay_configuration_views.xml",
        "views/sale_order_views.xml",
        "views/sale_portal_templates.xml",
        "wizards/sale_advance_payment_inv_views.xml",
    ],
    "assets": {"web.assets_tests": ["autopay_sale/static/tests/tours/**/*"]},
    "auto_install": True,
}
