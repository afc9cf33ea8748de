import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FACETS } from "./facets";

/**
 * The page that the app opens on: what needs somebody, what comes, what was done.
 *
 * Each number opens the list of the very records that it counts.
 */
export class AutopayOverview extends Component {
    static template = "autopay.Overview";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.labels = {
            health: _t("Health"),
            refresh: _t("Refresh"),
            steps: _t("Open First Steps"),
            forecast: _t("Open Forecast"),
        };
        this.off = _t(
            "Autopay is switched off: nothing is charged. Switch it on in the settings."
        );
        this.state = useState({ page: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.page = await this.orm.call("autopay.overview", "action_get_overview", []);
        this.loadSlow(this.state.page);
    }

    /**
     * Add the cards that take longer; the page is there meanwhile.
     *
     * Who refreshes twice has another page by then, which waits for cards of its own.
     */
    async loadSlow(page) {
        const cards = await this.orm.silent.call(
            "autopay.overview",
            "action_get_slow_cards",
            []
        );
        for (const section of page.sections) {
            section.cards.push(...cards.filter((card) => card.section === section.key));
        }
    }

    /**
     * Open the records behind a number, with the views of their action.
     *
     * What selects them stands in the search bar, where the reader can take it off:
     * filters of the search view, and what none of them says as a facet of its own.
     */
    async open(card, row) {
        const action = await this.action.loadAction(card.action);
        const name = row?.label ? `${card.title}: ${row.label}` : card.title;
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain: card.base,
            context: this.getContext(action, card, row),
        });
    }

    /** What a facet is called: what divides the card, and its days. */
    describe(card, row) {
        const words = card.facet.length ? [card.title] : [];
        return [...words, ...(row?.name ? [row.name] : [])].join(": ");
    }

    /** Without the filters that the action has by default: they would hide records. */
    getContext(action, card, row) {
        const invoices = action.res_model === "account.move";
        const own = invoices ? { default_move_type: "out_invoice", create: false } : {};
        for (const name of card.filters) {
            own[`search_default_${name}`] = 1;
        }
        const domain = (row || card).facet;
        const description = this.describe(card, row);
        own[FACETS] = domain.length ? [{ description, domain }] : [];
        return own;
    }

    openLine(line) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: line.model,
            res_id: line.res_id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("autopay_overview", AutopayOverview);

/** The app opens on its first steps while they are to be done, else on the overview. */
registry
    .category("actions")
    .add("autopay_app", (env) =>
        env.services.orm.call("autopay.overview", "action_open_app", [])
    );
