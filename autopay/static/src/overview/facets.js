import { patch } from "@web/core/utils/patch";
import { SearchModel } from "@web/search/search_model";

/** The key of an action's context under which the facets of its list stand. */
export const FACETS = "search_default_autopay_facets";

/**
 * Facets that no search view has come with the action, not beside it: Odoo keeps the
 * action while the page is loaded anew, and they would be gone with their list.
 *
 * Odoo takes the key off the context, as that of each other default of a search.
 */
patch(SearchModel.prototype, {
    async load(config) {
        const facets = config.context?.[FACETS];
        if (!facets) {
            return super.load(config);
        }
        // A favorite would take the place of the filters.
        return super.load({ ...config, activateFavorite: false, dynamicFilters: facets });
    },
});
