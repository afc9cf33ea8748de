import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

// Milliseconds until an open page asks once more.
const AGAIN = 60 * 60 * 1000;

/**
 * Tells billing users that the engine charges nothing any more.
 *
 * Scheduled actions that do not run can tell nobody: the page asks the server, which
 * calls the people in charge as well.
 */
export class SilenceBanner extends Component {
    static template = "autopay.SilenceBanner";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ sentences: session.autopay_silence });
        this.label = _t("Scheduled Actions");
        this.mayMend = user.isSystem;
        onMounted(() => {
            if (this.state.sentences.length) {
                this.ask();
            }
            this.timer = browser.setInterval(() => this.ask(), AGAIN);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    /** Ask in the background: what fails then is no error of whoever works here. */
    async ask() {
        try {
            this.state.sentences = await this.orm.silent.call(
                "autopay.pulse",
                "action_report_silence",
                []
            );
        } catch (error) {
            console.warn("Autopay: it is not known whether the engine is silent.", error);
        }
    }

    open() {
        return this.action.doAction("base.ir_cron_act");
    }
}

if (session.autopay_silence) {
    registry
        .category("main_components")
        .add("autopay.SilenceBanner", { Component: SilenceBanner });
}
