import { registry } from "@web/core/registry";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { CERTAINTY_COLORS, withColors } from "../calendar/calendar_colors";
import { formatAmount } from "../calendar/charge_calendar";
import { AutopayForecastStamp } from "./forecast_stamp";

export class AutopayForecastCalendarController extends CalendarController {
    static components = { ...CalendarController.components, AutopayForecastStamp };
}

/** The sum, and of how many charges; what is uncertain is only about so much. */
export class AutopayForecastCalendarModel extends CalendarModel {
    normalizeRecord(rawRecord) {
        const about = rawRecord.certainty === "planned" ? "" : "≈ ";
        const amount = formatAmount(rawRecord, "amount");
        return {
            ...super.normalizeRecord(rawRecord),
            title: `${about}${amount} (${rawRecord.charge_count})`,
        };
    }
}

export class AutopayForecastListController extends ListController {
    static components = { ...ListController.components, AutopayForecastStamp };
}

registry.category("views").add("autopay_forecast_calendar", {
    ...calendarView,
    Controller: AutopayForecastCalendarController,
    Model: withColors(AutopayForecastCalendarModel, CERTAINTY_COLORS),
    buttonTemplate: "autopay.ForecastCalendar.Buttons",
});

registry.category("views").add("autopay_forecast_list", {
    ...listView,
    Controller: AutopayForecastListController,
    buttonTemplate: "autopay.ForecastList.Buttons",
});
