import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const MODEL = "autopay.forecast.day";

/** Since when the forecast is known, and the button that looks anew. */
export class AutopayForecastStamp extends Component {
    static template = "autopay.ForecastStamp";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.label = _t("Refresh Forecast");
        this.state = useState({ stamp: "", busy: false });
        onWillStart(async () => {
            this.state.stamp = await this.orm.silent.call(MODEL, "action_get_stamp", []);
        });
    }

    async refresh() {
        this.state.busy = true;
        try {
            await this.action.doAction(await this.orm.call(MODEL, "action_refresh", []));
        } finally {
            this.state.busy = false;
        }
    }
}
