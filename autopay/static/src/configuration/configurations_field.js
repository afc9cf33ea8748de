import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useOpenMany2XRecord } from "@web/views/fields/relational_utils";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/**
 * A customer's configurations: each is opened in a form of its own and saved there, so
 * that what the server refuses is said while the form is still open.
 */
export class ConfigurationsField extends X2ManyField {
    setup() {
        super.setup();
        const open = useOpenMany2XRecord({
            resModel: this.list.resModel,
            activeActions: this.activeActions,
            isToMany: true,
            onRecordSaved: () => {},
            onClose: () => this.props.record.load(),
        });
        this._openRecord = async ({ record, context }) => {
            // The order and new customers are saved first: the form is of the database.
            if (await this.props.record.save()) {
                await open({
                    resId: record?.resId,
                    title: record ? _t("Configuration") : _t("New Configuration"),
                    context: { ...context, default_partner_id: this.props.record.resId },
                });
            }
        };
    }
}

export const configurationsField = { ...x2ManyField, component: ConfigurationsField };

registry.category("fields").add("autopay_configurations", configurationsField);
