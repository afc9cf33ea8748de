import { registry } from "@web/core/registry";

const leave = (trigger) => ({ trigger, run: "click", expectUnloadPage: true });

/** From the customer's own page to the provider's, whose visitor is decided beforehand. */
function begin() {
    return [
        leave("a[name=autopay_method_new]"),
        { trigger: "[name=autopay_text]:contains(I authorize)" },
        { trigger: "[name=autopay_kinds]:contains(Stripe)" },
        leave("button[name=autopay_begin]"),
    ];
}

function seeSaved() {
    return [
        { trigger: "[name=autopay_done]:contains(is charged to)" },
        leave("a[name=autopay_home]"),
        { trigger: "[name=autopay_status] .badge:contains(On)" },
    ];
}

registry.category("web_tour.tours").add("autopay_method_saved_tour", {
    url: "/my/autopay",
    steps: () => [...begin(), ...seeSaved()],
});

registry.category("web_tour.tours").add("autopay_method_second_try_tour", {
    url: "/my/autopay",
    steps: () => [
        ...begin(),
        { trigger: "[name=autopay_open] [name=autopay_message]" },
        leave("a[name=autopay_go_on]"),
        ...seeSaved(),
    ],
});

registry.category("web_tour.tours").add("autopay_method_waiting_tour", {
    url: "/my/autopay",
    steps: () => [
        ...begin(),
        { trigger: "[name=autopay_waiting]:contains(small deposit)" },
        { trigger: "a[name=autopay_verify]" },
    ],
});

registry.category("web_tour.tours").add("autopay_method_left_tour", {
    url: "/my/autopay",
    steps: () => [
        ...begin(),
        { trigger: "[name=autopay_open]:contains(No payment method was saved)" },
        leave("a[name=autopay_home]"),
        { trigger: "[name=autopay_status] .badge:contains(Off)" },
    ],
});

registry.category("web_tour.tours").add("autopay_method_agree_tour", {
    url: "/my/autopay/method/new",
    steps: () => [
        leave("[name=autopay_choices] a:contains(4242)"),
        { trigger: "[name=autopay_offer] label:contains(4242)" },
        { trigger: "[name=autopay_offer] input[name=agree]", run: "click" },
        leave("[name=autopay_offer] form button[type=submit]"),
        { trigger: "[name=autopay_messages]" },
        { trigger: "[name=autopay_status] .badge:contains(On)" },
    ],
});
