import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Opens a charge preview with a configuration as it stands in the form.
 *
 * An ordinary button would save the form first, and what is tried out need not be
 * saved, or even be complete.
 */
export class DryRunButton extends Component {
    static template = "autopay.DryRunButton";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.label = _t("Charge preview");
    }

    async onClick() {
        const record = this.props.record;
        const values = await record.getChanges();
        const customer = record.evalContext.parent?.id;
        if (!record.resId && !values.partner_id && customer) {
            values.partner_id = customer;
        }
        const ids = record.resId ? [record.resId] : [];
        const action = await this.orm.call(record.resModel, "action_dry_run", [
            ids,
            values,
        ]);
        await this.action.doAction(action);
    }
}

registry.category("view_widgets").add("autopay_dry_run", { component: DryRunButton });
