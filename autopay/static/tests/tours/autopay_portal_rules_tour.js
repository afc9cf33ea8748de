import { registry } from "@web/core/registry";

const rule = (place) => `li[name=rule]:eq(${place})`;

function openForm() {
    return [
        {
            trigger: "nav[name=autopay_links] a:contains(Your payment rules)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: `${rule(0)}:contains(100.00 or more)` },
        { trigger: "a:contains(New rule)", run: "click", expectUnloadPage: true },
    ];
}

/** Invoices of 500 or more with the bank account, which is agreed to here. */
function fillForm() {
    return [
        { trigger: "select[name=new_kind]", run: "selectByLabel Amount" },
        { trigger: "button[value=add]", run: "click", expectUnloadPage: true },
        { trigger: "input[name=number_0]", run: "edit 500" },
        { trigger: "label:contains(6789)", run: "click" },
        {
            trigger: "form button.btn-primary[value=save]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "[name=form_error]:contains(Agree to be charged)" },
        { trigger: "input[name=number_0]:value(500)" },
        { trigger: "[name=agreement]:contains(I authorize)" },
        { trigger: "label[for=agree]", run: "click" },
        {
            trigger: "form button.btn-primary[value=save]",
            run: "click",
            expectUnloadPage: true,
        },
    ];
}

function moveAndSwitch() {
    return [
        { trigger: "[name=autopay_messages]:contains(saved)" },
        { trigger: `${rule(1)}:contains(500.00 or more)` },
        {
            trigger: `${rule(1)} button[name=up]`,
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: `${rule(0)}:contains(500.00 or more)` },
        {
            trigger: `${rule(1)} button[name=disable]`,
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: `${rule(1)} .badge:contains(Off)` },
        { trigger: `${rule(1)} summary`, run: "click" },
        {
            trigger: `${rule(1)} button[name=remove]`,
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "[name=autopay_messages]:contains(removed)" },
    ];
}

registry.category("web_tour.tours").add("autopay_portal_rules_tour", {
    steps: () => [...openForm(), ...fillForm(), ...moveAndSwitch()],
});
