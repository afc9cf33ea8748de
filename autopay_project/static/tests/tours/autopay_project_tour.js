import { registry } from "@web/core/registry";

const STAGE = ".o_form_view .o_field_widget[name=autopay_paid_stage_id]";
const LINE = ".o_form_view .o_field_widget[name=autopay_words]";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains(${name}))`;

/** The project manager has the stage collect, and move on what is paid. */
function setUpStage() {
    return [
        { trigger: ".o_field_widget[name=autopay_collect] input", run: "click" },
        { trigger: `${STAGE} input`, run: "edit Paid" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Paid)", run: "click" },
        { trigger: ".o_form_status_indicator .o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ];
}

registry.category("web_tour.tours").add("autopay_project_stage_tour", {
    steps: () => setUpStage(),
});

/** The engineer drags the card, and need not wait for the job. */
registry.category("web_tour.tours").add("autopay_project_drag_tour", {
    steps: () => [
        {
            trigger: `${column("In Progress")} .o_kanban_record:contains(Survey of pier 3)`,
            run: `drag_and_drop(${column("Done")})`,
        },
        {
            trigger: `${column("Done")} .o_kanban_record:contains(Survey of pier 3)`,
            run: "click",
        },
        { trigger: `${LINE}:contains(within a few minutes)` },
        { trigger: "button[name=action_autopay_collect]:visible", run: "click" },
        { trigger: `${LINE}:not(:contains(stage to undo)):contains(within a minute)` },
    ],
});

/** The project manager has the task collected on the day on which it is to be done. */
registry.category("web_tour.tours").add("autopay_project_date_tour", {
    steps: () => [
        {
            trigger: `${column("In Progress")} .o_kanban_record:contains(Survey of pier 3)`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=autopay_on_date] input",
            run: "click",
        },
        { trigger: ".o_form_status_indicator .o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: `${LINE}:contains(Will be collected with Autopay on)` },
    ],
});

registry.category("web_tour.tours").add("autopay_project_paid_tour", {
    steps: () => [
        {
            trigger: `${column("Paid")} .o_kanban_record:contains(Survey of pier 3)`,
            run: "click",
        },
        { trigger: `${LINE}:contains(Paid by INV/)` },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Paid)" },
        { trigger: ".o-mail-Message:contains(Paid by INV/)" },
    ],
});
