"""Field types that Odoo does not have."""

from odoo import fields


class BigInteger(fields.Integer):
    """A 64-bit integer: amounts in minor units outgrow 32 bits (IDR, VND)."""

    _column_type = ("int8", "int8")
