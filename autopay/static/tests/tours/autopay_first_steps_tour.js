import { registry } from "@web/core/registry";

const ROW = ".o_list_view .o_data_row";

/** The app opens on First Steps, from wherever it is called. */
function openApp(opened) {
    return [
        { trigger: ".o_navbar_apps_menu button", run: "click" },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='autopay.autopay_menu']",
            run: "click",
        },
        { trigger: opened },
    ];
}

/** Press the button of a step in the list, which is open. */
function doStep(title) {
    return [
        {
            trigger: `${ROW}:contains(${title}) button:contains(Do It)`,
            run: "click",
        },
    ];
}

/** Once all that collecting needs is done, the overview leads to what is left. */
function doLeftStep(title) {
    return [
        ...openApp(".o_autopay_overview button.o_autopay_steps"),
        { trigger: ".o_autopay_overview button.o_autopay_steps", run: "click" },
        ...doStep(title),
    ];
}

function isTicked(title) {
    return `${ROW}:contains(${title}) [name=is_done] input:checked`;
}

/** Enable Stripe in test mode, for saved methods. */
function enableProvider() {
    return [
        { trigger: ".o_kanban_record:contains(Stripe)", run: "click" },
        { trigger: ".o_form_view [name=state] label:contains(Test Mode)", run: "click" },
        { trigger: ".o_notebook a:contains(Configuration)", run: "click" },
        { trigger: "[name=allow_tokenization] input", run: "check" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "button[name=action_toggle_is_published]:enabled", run: "click" },
        { trigger: "button[name=action_toggle_is_published]:contains(Published)" },
        ...openApp(isTicked("Customers may save payment methods")),
        { trigger: isTicked("A payment provider that can charge") },
    ];
}

/** Choose a policy and switch autopay on, in one dialog. */
function switchOn() {
    return [
        { trigger: ".modal [name=autopay_enabled] input", run: "check" },
        { trigger: ".modal [name=autopay_policy] label:contains(Manual)", run: "click" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: isTicked("Autopay is switched on") },
    ];
}

/** Record what the customer agreed to on the phone. */
function setUpCustomer() {
    return [
        { trigger: `${ROW} [name=complete_name]:contains(Green Valley Dairy)`, run: "click" },
        { trigger: ".o_notebook a[name=autopay]", run: "click" },
        { trigger: "button:visible:contains(Set up autopay)", run: "click" },
        { trigger: ".modal [name=token_id] input:value(4242)" },
        { trigger: ".modal [name=channel] input", run: "click" },
        { trigger: ".o_select_menu_item:contains(Phone)", run: "click" },
        { trigger: ".modal [name=text]:contains(agreed by phone)" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "[name=autopay_readiness]:contains(Ready)" },
    ];
}

function preview() {
    return [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: "button[name=action_run_again]" },
    ];
}

/** Charge the first invoice at once. */
function charge() {
    return [
        { trigger: `${ROW}:contains(Green Valley Dairy) [name=name]`, run: "click" },
        { trigger: "button:visible:contains(Put on Autopay)", run: "click" },
        { trigger: "button:visible:contains(Charge Now)", run: "click" },
        { trigger: ".modal button[name=action_charge]:contains(150.00)", run: "click" },
        { trigger: ".modal [name=result]:contains(1)" },
        { trigger: ".modal footer button:visible:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_view [name=autopay_status]:contains(Collected)" },
    ];
}

registry.category("web_tour.tours").add("autopay_first_steps_tour", {
    steps: () => [
        ...openApp(ROW),
        ...doStep("A payment provider that can charge"),
        ...enableProvider(),
        ...doStep("Autopay is switched on"),
        ...switchOn(),
        ...doLeftStep("A first customer"),
        ...setUpCustomer(),
        ...doLeftStep("A first charge preview"),
        ...preview(),
        ...doLeftStep("A first invoice"),
        ...charge(),
        ...openApp(".o_autopay_overview [data-card=collected] .text-success"),
    ],
});

/** Who does not want them now has the overview from then on, and a way back. */
registry.category("web_tour.tours").add("autopay_first_steps_not_now_tour", {
    steps: () => [
        ...openApp(ROW),
        {
            trigger: ".o_control_panel button:contains(Overview)",
            run: "click",
        },
        { trigger: ".o_autopay_overview .o_autopay_steps" },
        ...openApp(ROW),
        { trigger: ".o_control_panel button:contains(Not Now)", run: "click" },
        { trigger: ".o_autopay_overview .o_autopay_steps" },
        ...openApp(".o_autopay_overview .o_autopay_steps"),
        { trigger: ".o_autopay_overview .o_autopay_steps", run: "click" },
        { trigger: ROW },
    ],
});
