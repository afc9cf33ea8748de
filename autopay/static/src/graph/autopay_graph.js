import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/**
 * What was collected, or is planned, is green and what failed is red, whatever their
 * order.
 */
const COLORS = {
    collected: "#28a745",
    failed: "#dc3545",
    open: "#ffac00",
    canceled: "#adb5bd",
    ready: "#28a745",
    expiring: "#ffac00",
    lost: "#dc3545",
    unasked: "#17a2b8",
    none: "#adb5bd",
    planned: "#28a745",
    retry: "#ffac00",
    limit: "#fd7e14",
    approval: "#6f42c1",
    draft: "#17a2b8",
    series: "#9ad3de",
};
const MEANING = /"(?:outcome|state|certainty)","=","(\w+)"/;

function getColor(domain) {
    const found = MEANING.exec(JSON.stringify(domain || []));
    return found && COLORS[found[1]];
}

export class AutopayGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        for (const dataset of data.datasets) {
            const colors = (dataset.domains || []).map(getColor);
            const known = colors.filter(Boolean);
            if (known.length && known.every((color) => color === known[0])) {
                dataset.backgroundColor = known[0];
            } else if (known.length === colors.length) {
                dataset.backgroundColor = colors;
            }
        }
        return data;
    }
}

registry.category("views").add("autopay_graph", {
    ...graphView,
    Renderer: AutopayGraphRenderer,
});
