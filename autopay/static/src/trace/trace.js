import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, markup, onWillUpdateProps, useState } from "@odoo/owl";

/** How an invoice's method was chosen: looked up only once somebody unfolds it. */
export class AutopayTrace extends Component {
    static template = "autopay.Trace";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ open: false, trace: "" });
        onWillUpdateProps((next) => this.state.open && this.load(next.record));
    }

    async onToggle(ev) {
        this.state.open = ev.target.open;
        if (this.state.open) {
            await this.load(this.props.record);
        }
    }

    async load({ resModel, resId }) {
        const [values] = resId
            ? await this.orm.read(resModel, [resId], ["autopay_trace"])
            : [];
        // The server's own template made it and escaped what people wrote.
        this.state.trace = markup(values?.autopay_trace || "");
    }
}

registry.category("view_widgets").add("autopay_trace", { component: AutopayTrace });
