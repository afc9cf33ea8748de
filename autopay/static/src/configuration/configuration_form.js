import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormArchParser } from "@web/views/form/form_arch_parser";
import { FormController } from "@web/views/form/form_controller";
import { FormStatusIndicator } from "@web/views/form/form_status_indicator/form_status_indicator";
import { useEffect } from "@odoo/owl";

/** A record with issues that the server has found cannot be saved before they are mended. */
export class ConfigurationRecord extends formView.Model.Record {
    get isRefused() {
        return Boolean(this.data.issue) && (this.isNew || this.dirty);
    }

    get isValid() {
        return super.isValid && !this.isRefused;
    }

    _checkValidity({ displayNotification } = {}) {
        const valid = super._checkValidity(...arguments);
        if (valid && this.isRefused && displayNotification) {
            this._closeInvalidFieldsNotification = this.model.notification.add(
                this.data.issue,
                { type: "danger" },
            );
        }
        return valid && !this.isRefused;
    }
}

export class ConfigurationModel extends formView.Model {
    static Record = ConfigurationRecord;
}

/** The indicator of forms lets new records be saved at any time; this one does not. */
export class ConfigurationStatusIndicator extends FormStatusIndicator {
    setup() {
        super.setup();
        useEffect(
            (mode) => {
                this.saveButton.el.toggleAttribute("disabled", mode === "invalid");
            },
            () => [
                this.indicatorMode,
                this.props.model.root.isValid,
                this.state.fieldIsDirty,
            ],
        );
    }
}

export class ConfigurationFormController extends FormController {
    static components = {
        ...FormController.components,
        FormStatusIndicator: ConfigurationStatusIndicator,
    };

    get isSaveable() {
        return this.model.root.isInEdition && !this.model.root.data.locked;
    }
}

/** Conditions are shown by their form: it is that whose fields are read. */
export class ConfigurationArchParser extends FormArchParser {
    parse() {
        const archInfo = super.parse(...arguments);
        for (const fieldNode of Object.values(archInfo.fieldNodes)) {
            if (fieldNode.widget === "autopay_conditions") {
                fieldNode.viewMode = "form";
            }
        }
        return archInfo;
    }
}

// In dialogs: the buttons of the web client, and those that know issues.
const DIALOG_BUTTONS = {
    "web.FormViewDialog.ToOne.buttons": "autopay.ConfigurationForm.ToOneButtons",
    "web.FormViewDialog.ToMany.buttons": "autopay.ConfigurationForm.ToManyButtons",
    "web.FormView.Buttons": "autopay.ConfigurationForm.Buttons",
};

export const configurationFormView = {
    ...formView,
    Controller: ConfigurationFormController,
    Model: ConfigurationModel,
    ArchParser: ConfigurationArchParser,
    props(genericProps, view) {
        const props = formView.props(genericProps, view);
        return {
            ...props,
            buttonTemplate: DIALOG_BUTTONS[props.buttonTemplate] || props.buttonTemplate,
        };
    },
};

registry.category("views").add("autopay_configuration_form", configurationFormView);
