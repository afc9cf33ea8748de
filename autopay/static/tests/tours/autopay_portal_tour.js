import { registry } from "@web/core/registry";

const told = (words) => ({
    trigger: `div[name=autopay_messages] .alert:contains(${words})`,
});
/** Click on what loads another page. */
const go = (trigger) => ({ trigger, run: "click", expectUnloadPage: true });

registry.category("web_tour.tours").add("autopay_portal_tour", {
    steps: () => [
        go("a[href='/my/autopay']"),
        { trigger: "section[name=autopay_status]:contains(On)" },
        // Another method, with the customer's word.
        go("div[name=autopay_method_links] a:contains(Change)"),
        {
            trigger: "section[name=autopay_offer]:contains(6789) input[name=agree]",
            run: "click",
        },
        go("section[name=autopay_offer]:contains(6789) button"),
        told("6789 pays"),
        go("nav[name=autopay_links] a:contains(Coming charges)"),
        go("article:first form[action$=skip] button"),
        told("not charged until you undo"),
        go("article form[action$=undo] button"),
        told("charged again as before"),
        go("article:first form[action$=move] button"),
        told("is charged on"),
        go("article:first form[action$=undo] button"),
        told("charged again as before"),
        go("article:first form[action$=pay] button"),
        told("was started"),
        { trigger: "article:contains(We are collecting it)" },
        // Leaves while a debit is under way.
        go(".breadcrumb a:contains(Autopay)"),
        go("a:contains(Leave autopay)"),
        { trigger: "div[name=autopay_late]:contains(can no longer be stopped)" },
        go("form[name=leave] button"),
        told("You have left autopay"),
        { trigger: "section[name=autopay_status]:contains(Off)" },
    ],
});
