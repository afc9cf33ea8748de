import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";
import { AutopayForecastStamp } from "@autopay/forecast/forecast_stamp";
import { AutopayGraphRenderer } from "./autopay_graph";

export class AutopayForecastGraphRenderer extends AutopayGraphRenderer {
    static components = { ...AutopayGraphRenderer.components, AutopayForecastStamp };
}

export class AutopayForecastPivotRenderer extends PivotRenderer {
    static components = { ...PivotRenderer.components, AutopayForecastStamp };
}

registry.category("views").add("autopay_forecast_graph", {
    ...graphView,
    Renderer: AutopayForecastGraphRenderer,
    buttonTemplate: "autopay.ForecastGraph.Buttons",
});

registry.category("views").add("autopay_forecast_pivot", {
    ...pivotView,
    Renderer: AutopayForecastPivotRenderer,
    buttonTemplate: "autopay.ForecastPivot.Buttons",
});
