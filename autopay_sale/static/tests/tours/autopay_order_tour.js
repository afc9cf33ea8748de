import { registry } from "@web/core/registry";

const leave = (trigger) => ({ trigger, run: "click", expectUnloadPage: true });

/** An offer is accepted with a down payment by a card that its customer saves first. */
registry.category("web_tour.tours").add("autopay_order_tour", {
    steps: () => [
        {
            trigger:
                "[name=autopay_offer]:contains(charged when everything is delivered):contains(no payment method)",
        },
        leave("a[name=autopay_save]"),
        { trigger: "[name=autopay_text]:contains(I authorize)" },
        leave("button[name=autopay_begin]"),
        { trigger: "[name=autopay_done]:contains(is charged to)" },
        leave("a[name=autopay_offer]:contains(Go on with)"),
        { trigger: "div[name=autopay_offer]:contains(4242)" },
        { trigger: "#o_sale_portal_paynow:contains(Accept & Pay)", run: "click" },
        {
            trigger:
                "#modalaccept.show input[name=o_payment_radio][data-payment-option-type=token]:checked",
        },
        leave("#modalaccept button[name=o_payment_submit_button]:enabled"),
        { trigger: ".o_portal_sale_sidebar:contains(Amount paid)" },
        { trigger: "div[name=autopay_offer]:contains(when everything is delivered)" },
    ],
});
