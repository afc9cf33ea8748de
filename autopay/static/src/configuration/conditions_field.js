import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, useEffect } from "@odoo/owl";

/** One condition: the form of the field's view, edited in its place. */
export class ConditionRow extends Component {
    static template = "autopay.ConditionRow";
    static components = { FormRenderer };
    static props = {
        archInfo: Object,
        record: Object,
        readonly: Boolean,
        remove: { type: Function, optional: true },
    };

    setup() {
        useEffect(
            (mode) => {
                if (this.props.record.config.mode !== mode) {
                    this.props.record.switchMode(mode);
                }
            },
            () => [this.props.readonly ? "readonly" : "edit", this.props.record.config.mode],
        );
    }
}

/** Conditions below each other; further ones are added when there may be several. */
export class ConditionsField extends Component {
    static template = "autopay.ConditionsField";
    static components = { ConditionRow };
    static props = { ...standardFieldProps, archInfo: Object };

    get list() {
        return this.props.record.data[this.props.name];
    }

    get isSeveral() {
        return !this.props.readonly && this.props.record.data.is_advanced;
    }

    get isRemovable() {
        return !this.props.readonly && this.list.records.length > 1;
    }

    get isAddable() {
        return this.isSeveral || !(this.props.readonly || this.list.records.length);
    }

    add() {
        return this.list.addNewRecord({ position: "bottom", mode: "edit", context: {} });
    }

    remove(record) {
        return this.list.delete(record);
    }
}

export const conditionsField = {
    component: ConditionsField,
    supportedTypes: ["one2many"],
    useSubView: true,
    extractProps: ({ views }, { readonly }) => ({ archInfo: views.form, readonly }),
};

registry.category("fields").add("autopay_conditions", conditionsField);
