import { registry } from "@web/core/registry";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { calendarView } from "@web/views/calendar/calendar_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { AutopayForecastStamp } from "./forecast_stamp";

export class AutopayForecastCalendarController extends CalendarController {
    static components = { ...CalendarController.components, AutopayForecastStamp };
}

export class AutopayForecastListController extends ListController {
    static components = { ...ListController.components, AutopayForecastStamp };
}

registry.category("views").add("autopay_forecast_calendar", {
    ...calendarView,
    Controller: AutopayForecastCalendarController,
    buttonTemplate: "autopay.ForecastCalendar.Buttons",
});

registry.category("views").add("autopay_forecast_list", {
    ...listView,
    Controller: AutopayForecastListController,
    buttonTemplate: "autopay.ForecastList.Buttons",
});
