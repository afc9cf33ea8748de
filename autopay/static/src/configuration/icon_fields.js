import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

// The look of each state, and the method that a click on it calls.
const PADLOCK = {
    true: { icon: "fa-lock", title: _t("Locked"), action: "action_unlock" },
    false: {
        icon: "fa-unlock-alt text-muted",
        title: _t("Not locked"),
        action: "action_lock",
    },
};
const SWITCH = {
    true: {
        icon: "fa-toggle-on text-success",
        title: _t("Enabled"),
        action: "action_disable",
    },
    false: {
        icon: "fa-toggle-off text-muted",
        title: _t("Disabled"),
        action: "action_enable",
    },
};

/** A boolean as an icon; where the view says so, a click calls the server's method. */
export class IconField extends Component {
    static template = "autopay.IconField";
    static props = { ...standardFieldProps, clickable: Boolean, states: Object };

    get look() {
        return this.props.states[this.props.record.data[this.props.name]];
    }

    get isClickable() {
        const { name, record, clickable } = this.props;
        return clickable && (name === "locked" || !record.data.locked);
    }

    /** As a button of the view does: what was changed in its form is saved first. */
    onClick() {
        const { record } = this.props;
        const { resModel, resId, resIds, context, evalContext } = record;
        return this.env.onClickViewButton({
            clickParams: { type: "object", name: this.look.action },
            getResParams: () => ({ resModel, resId, resIds, context, evalContext }),
        });
    }
}

function getIconField(states) {
    return {
        component: IconField,
        supportedTypes: ["boolean"],
        label: false,
        listViewWidth: 32,
        extractProps: ({ options }) => ({ clickable: Boolean(options.clickable), states }),
    };
}

registry.category("fields").add("autopay_padlock", getIconField(PADLOCK));
registry.category("fields").add("autopay_switch", getIconField(SWITCH));

/** A warning sign with the reasons on hover; nothing when there are none. */
export class WarningField extends Component {
    static template = "autopay.WarningField";
    static props = { ...standardFieldProps };
}

export const warningField = {
    component: WarningField,
    supportedTypes: ["text"],
    label: false,
    listViewWidth: 32,
};

registry.category("fields").add("autopay_warning", warningField);
