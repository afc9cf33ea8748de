import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** Reasons are sentences: the legend has them to the end, where there is room. */
export class AutopayReasonGraphRenderer extends GraphRenderer {
    getLegendOptions() {
        const options = super.getLegendOptions();
        if (this.env.isSmall || !options.labels) {
            return options;
        }
        const { generateLabels } = options.labels;
        return {
            ...options,
            labels: {
                ...options.labels,
                generateLabels: (chart) =>
                    generateLabels(chart).map((label) => ({ ...label, text: label.fullText })),
            },
        };
    }
}

registry.category("views").add("autopay_reason_graph", {
    ...graphView,
    Renderer: AutopayReasonGraphRenderer,
});
