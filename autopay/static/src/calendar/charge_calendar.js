import { registry } from "@web/core/registry";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";
import { formatMonetary } from "@web/views/fields/formatters";
import { STANDING_COLORS, withColors } from "./calendar_colors";

/** Return an amount of a record as a calendar reads it. */
export function formatAmount(rawRecord, name) {
    const currencyId = rawRecord.currency_id?.[0];
    return formatMonetary(rawRecord[name] || 0, { currencyId });
}

/**
 * The amount first, then the customer: a day has room for twenty letters, and the number
 * of the invoice would fill it. It opens with a click.
 */
export class AutopayInvoiceCalendarModel extends CalendarModel {
    normalizeRecord(rawRecord) {
        // Of what is paid nothing is open any more.
        const name = rawRecord.amount_residual ? "amount_residual" : "amount_total";
        const amount = formatAmount(rawRecord, name);
        const customer = rawRecord.partner_id?.[1] || "";
        return {
            ...super.normalizeRecord(rawRecord),
            title: `${amount} ${customer}`.trim(),
        };
    }
}

registry.category("views").add("autopay_invoice_calendar", {
    ...calendarView,
    Model: withColors(AutopayInvoiceCalendarModel, STANDING_COLORS),
});
