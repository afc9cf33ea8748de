import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** How many invoices a series still has; one without end has no number, not zero. */
export class AutopayRepeatsField extends IntegerField {
    static template = "autopay.RepeatsField";

    setup() {
        super.setup();
        this.endless = _t("No end");
    }

    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("autopay_repeats", {
    ...integerField,
    component: AutopayRepeatsField,
});
