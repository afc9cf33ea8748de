import { registry } from "@web/core/registry";

const NUMBERS = ["failed", "blocked", "customer", "today", "week", "bank", "collected"];

/** The number of a card opens a list of as many records; the way back is the crumb. */
function openNumber(key) {
    let number;
    return [
        {
            trigger: `[data-card=${key}] button:enabled .o_autopay_number`,
            run({ anchor }) {
                number = anchor.textContent.trim();
                anchor.click();
            },
        },
        // Their filter stands in the search bar.
        { trigger: ".o_searchview .o_searchview_facet" },
        {
            trigger: ".o_list_view .o_data_row",
            run() {
                const rows = document.querySelectorAll(".o_list_view .o_data_row");
                if (String(rows.length) !== number) {
                    throw new Error(`${key}: ${rows.length} rows of ${number}`);
                }
            },
        },
        {
            trigger: ".o_breadcrumb a:contains(Overview), .o_breadcrumb button:contains(Overview)",
            run: "click",
        },
        { trigger: `[data-card=${key}]` },
    ];
}

registry.category("web_tour.tours").add("autopay_overview_tour", {
    steps: () => [
        { trigger: ".o_autopay_overview [data-section=health] li" },
        ...NUMBERS.flatMap(openNumber),
        // A reason opens its own list, from which the invoice opens.
        {
            trigger: "[data-card=blocked] .o_autopay_row:contains(No payment method)",
            run: "click",
        },
        { trigger: ".o_searchview_facet:contains('Autopay: Blocked')" },
        { trigger: ".o_searchview_facet:contains('No payment method')" },
        // The page shows the same list when it is loaded anew.
        {
            trigger: ".o_list_view .o_data_row",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        { trigger: ".o_searchview_facet:contains('Autopay: Blocked')" },
        { trigger: ".o_searchview_facet:contains('No payment method')" },
        { trigger: ".o_list_view .o_data_row .o_data_cell[name=name]", run: "click" },
        { trigger: ".o_form_view:contains(has no payment method)" },
    ],
});
