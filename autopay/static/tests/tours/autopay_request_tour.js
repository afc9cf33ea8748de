import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Staff asks one customer from the worklist, and sees that the mail goes out. */
tours.add("autopay_request_staff_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Green Valley Dairy) .o_list_record_selector input",
            run: "click",
        },
        { trigger: "button[name=action_autopay_request_method]", run: "click" },
        { trigger: ".modal [name=summary]:contains(1 customer will be asked)" },
        { trigger: ".modal .o_data_row:contains(Will be asked)" },
        { trigger: ".modal button[name=action_ask]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_data_row:contains(Being sent)" },
    ],
});

/** The customer opens the link of the mail, agrees, and saves a card. */
tours.add("autopay_request_customer_tour", {
    steps: () => [
        { trigger: "[name=autopay_about]:contains(Green Valley Dairy)" },
        { trigger: "[name=autopay_consent]:contains(I authorize)" },
        { trigger: "input[name=name]", run: "edit Cow Herd" },
        {
            trigger: "button:contains(Agree and Continue)",
            run: "click",
            expectUnloadPage: true,
        },
        // The provider's page sends the customer back at once: see the simulator.
        { trigger: "body:contains(is saved)" },
    ],
});
