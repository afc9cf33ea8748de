/** Colours as calendars number them, nearest to those of badges and graphs. */
const RED = 1;
const ORANGE = 2;
const YELLOW = 3;
const BLUE = 4;
const TEAL = 7;
const GREEN = 10;
const PURPLE = 11;
const GREY = 28;

/** Of invoices, by how they stand. */
export const STANDING_COLORS = {
    scheduled: TEAL,
    retry: BLUE,
    waiting: ORANGE,
    blocked: ORANGE,
    failed: RED,
    in_progress: YELLOW,
    collected: GREEN,
    refunded: PURPLE,
    charged_back: PURPLE,
    settled: GREY,
};

/** Of coming charges, by how sure they are. */
export const CERTAINTY_COLORS = {
    planned: GREEN,
    retry: YELLOW,
    limit: ORANGE,
    approval: PURPLE,
    draft: TEAL,
    series: BLUE,
};

/**
 * Return a calendar's model in which values have these colours, in days and beside them.
 *
 * Odoo deals out colours in the order in which values turn up: what failed was green.
 */
export function withColors(Model, colors) {
    return class extends Model {
        normalizeRecord(rawRecord) {
            const value = rawRecord[this.meta.fieldMapping.color];
            const record = super.normalizeRecord(rawRecord);
            return { ...record, colorIndex: colors[value] || GREY };
        }

        makeFilterDynamic(filterInfo, previousFilter, fieldName, ...rest) {
            const filter = super.makeFilterDynamic(
                filterInfo,
                previousFilter,
                fieldName,
                ...rest
            );
            if (fieldName === this.meta.fieldMapping.color) {
                filter.colorIndex = colors[filter.value] || GREY;
            }
            return filter;
        }
    };
}
