import { registry } from "@web/core/registry";

const LIST = ".o_field_widget[name=autopay_configuration_ids]";
const row = (index) => `${LIST} .o_data_row:eq(${index})`;
const condition = (index) => `.modal .o_autopay_condition:eq(${index})`;

function openTab() {
    return [{ trigger: ".o_notebook a[name=autopay]", run: "click" }];
}

/** Amount of 100 or more, 15 days or older: Save waits for the payment method. */
function buildSeed() {
    return [
        { trigger: `${LIST} .o_field_x2many_list_row_add :contains(New)`, run: "click" },
        { trigger: ".modal .alert:contains(Choose the payment method)" },
        { trigger: ".modal .o_form_button_save[disabled]:not(:enabled)" },
        { trigger: `${condition(0)} [name=number] input`, run: "edit 100 && press Tab" },
        { trigger: ".modal [name=is_advanced] input", run: "click" },
        { trigger: ".modal .o_autopay_condition_add", run: "click" },
        { trigger: `${condition(1)} [name=kind] input`, run: "click" },
        { trigger: ".o_select_menu_item:contains(Invoice Age)", run: "click" },
        { trigger: `${condition(1)} [name=number] input`, run: "edit 15 && press Tab" },
        { trigger: ".modal [name=display_name]:contains(at least 15 days old)" },
        { trigger: ".modal .o_form_button_save[disabled]:not(:enabled)" },
        { trigger: ".modal [name=token_id] input", run: "click" },
        { trigger: ".o-autocomplete--dropdown-item:contains(4242)", run: "click" },
        { trigger: ".modal:not(:has(.alert:contains(Choose)))" },
        { trigger: ".modal .o_form_button_save:enabled", run: "click" },
        { trigger: `${row(1)}:contains(at least 15 days old)` },
    ];
}

function moveToTop() {
    return [
        {
            trigger: `${row(1)} .o_row_handle`,
            run: `drag_and_drop ${row(0)}`,
        },
        { trigger: `${row(0)}:contains(at least 15 days old)` },
        { trigger: ".o_form_status_indicator .o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ];
}

function lock() {
    return [
        { trigger: `${row(0)} td[name=locked] button`, run: "click" },
        { trigger: ".modal [name=reason] input", run: "edit Agreed in the contract" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: `${row(0)} td[name=locked] .fa-lock` },
    ];
}

/** A locked configuration opens, but nothing in it can be changed. */
function seeLocked() {
    return [
        { trigger: `${row(0)} td[name=display_name]`, run: "click" },
        { trigger: ".modal .alert:contains(Agreed in the contract)" },
        { trigger: ".modal:not(:has([name=token_id] input))" },
        { trigger: ".modal:not(:has(.o_autopay_conditions input))" },
        { trigger: ".modal:not(:has(.o_form_button_save))" },
        { trigger: ".modal .o_form_button_cancel", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ];
}

/** The server refuses the new order in a sentence; what was moved stays till discarded. */
function failToOvertake() {
    return [
        { trigger: `${row(1)} .o_row_handle`, run: `drag_and_drop ${row(0)}` },
        { trigger: `${row(1)}:contains(at least 15 days old)` },
        { trigger: ".o_form_status_indicator .o_form_button_save", run: "click" },
        { trigger: ".modal:contains(is locked by)" },
        { trigger: ".modal .modal-footer button", run: "click" },
        { trigger: `${row(1)}:contains(at least 15 days old)` },
        { trigger: ".o_form_status_indicator .o_form_button_cancel", run: "click" },
        { trigger: `${row(0)}:contains(at least 15 days old)` },
    ];
}

function disable() {
    return [
        { trigger: `${row(1)} td[name=enabled] button`, run: "click" },
        { trigger: `${row(1)} td[name=enabled] .fa-toggle-off` },
    ];
}

registry.category("web_tour.tours").add("autopay_configuration_tour", {
    steps: () => [
        ...openTab(),
        ...buildSeed(),
        ...moveToTop(),
        ...lock(),
        ...failToOvertake(),
        ...seeLocked(),
        ...disable(),
    ],
});
