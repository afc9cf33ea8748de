{
    "name": "Autopay: Job Queue",
    "summary": "Charge due invoices on several workers at once",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Autopay contributors",
    "license": "LGPL-3",
    "depends": ["autopay", "queue_job"],
    "data": [
        "data/queue_job_data.xml",
        "security/autopay_queue_job_security.xml",
        "security/ir.model.access.csv",
        "views/autopay_queue_batch_views.xml",
        "views/autopay_run_views.xml",
    ],
    "auto_install": True,
}
