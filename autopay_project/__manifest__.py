{
    "name": "Autopay: Projects",
    "summary": "Collect when a task or project is done, and move it on when it is paid",
    "version": "19.0.1.1.0",
    "category": "Services/Project",
    "author": "Autopay contributors",
    "license": "LGPL-3",
    "depends": ["autopay", "autopay_sale", "sale_project"],
    "data": [
        "security/ir.model.access.csv",
        "security/autopay_project_security.xml",
        "data/ir_cron_data.xml",
        "views/autopay_completion_views.xml",
        "views/project_task_type_views.xml",
        "views/project_project_stage_views.xml",
        "views/project_task_views.xml",
        "views/project_project_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["autopay_project/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
