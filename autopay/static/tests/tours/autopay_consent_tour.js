import { registry } from "@web/core/registry";

const METHOD = "[name=autopay_token_id]";

function openTab() {
    return [{ trigger: ".o_notebook a[name=autopay]", run: "click" }];
}

function choose(field, text) {
    return [
        { trigger: `.modal [name=${field}] input`, run: "click" },
        { trigger: `.o-autocomplete--dropdown-item:contains(${text})`, run: "click" },
    ];
}

function sayHow(channel) {
    return [
        { trigger: ".modal [name=channel] input", run: "click" },
        { trigger: `.o_select_menu_item:contains(${channel})`, run: "click" },
    ];
}

/** The only method is proposed; what is charged is said before it is confirmed. */
function setUp() {
    return [
        { trigger: `.o_notebook:not(:has(${METHOD} input))` },
        { trigger: "button:visible:contains(Set up autopay)", run: "click" },
        { trigger: ".modal [name=token_id] input:value(4242)" },
        { trigger: ".modal [name=preview]:contains(2 open invoices)" },
        { trigger: ".modal [name=preview]:contains(1 at the next run)" },
        ...sayHow("Phone"),
        { trigger: ".modal [name=text]:contains(agreed by phone)" },
        { trigger: ".modal [name=max_amount] input", run: "edit 200 && press Tab" },
        { trigger: ".modal [name=preview]:contains(1 open invoice,)" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: `${METHOD}:contains(4242)` },
        { trigger: "[name=autopay_readiness]:contains(Ready)" },
        { trigger: "[name=autopay_authorization_ids] .o_data_row:contains(By phone)" },
        { trigger: "button:visible:contains(Change method)" },
    ];
}

registry.category("web_tour.tours").add("autopay_consent_tour", {
    steps: () => [...openTab(), ...setUp()],
});

registry.category("web_tour.tours").add("autopay_authorization_new_tour", {
    steps: () => [
        { trigger: ".o_control_panel button:contains(New)", run: "click" },
        { trigger: ".modal [name=partner_id] input", run: "edit Green Valley" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Green Valley Dairy)",
            run: "click",
        },
        ...choose("token_id", "6789"),
        ...sayHow("Signed paper"),
        // An answer of the server that is still on its way would undo the next edit.
        { trigger: ".modal [name=text]:contains(signed)" },
        { trigger: ".modal [name=max_month_amount] input", run: "edit 500 && press Tab" },
        { trigger: ".modal [name=text]:contains(500.00 per month)" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_data_row:contains(6789):contains(Signed on paper):contains(500.00)" },
        { trigger: ".o_list_table:not(:has(th[data-name=revoked_date]))" },
    ],
});
