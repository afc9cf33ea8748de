from odoo import api, models

from ...words.days import say_day


class AutopayDayField(models.AbstractModel):
    """A day on pages: ``t-options="{'widget': 'autopay_day'}"``.

    With the option *year* the year is said in any case, as in what is kept for years.
    """

    _name = "ir.qweb.field.autopay_day"
    _description = "Day in Sentences of Autopay"
    _inherit = ["ir.qweb.field.date"]

    @api.model
    def value_to_html(self, value, options):
        """Override of `base` to say the day in letters, without the current year."""
        return say_day(self.env, value, year=bool(options.get("year")))
