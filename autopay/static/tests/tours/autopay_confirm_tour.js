import { registry } from "@web/core/registry";

const leave = (trigger) => ({ trigger, run: "click", expectUnloadPage: true });

/** To the bank's page, whose visitor is decided beforehand, and back. */
registry.category("web_tour.tours").add("autopay_confirm_tour", {
    steps: () => [
        { trigger: "[name=autopay_facts]:contains(4242)" },
        leave("button[name=autopay_press]"),
        { trigger: "[name=autopay_problem]:contains(did not confirm)" },
        leave("button[name=autopay_press]"),
        { trigger: "[name=autopay_title]:contains(Thank you)" },
        { trigger: "[name=autopay_sentence]:contains(was paid)" },
    ],
});
