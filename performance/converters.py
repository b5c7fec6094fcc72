"""A month in an address: 2026-10."""

from django.urls import register_converter

from alliance.lib.period import Month, PeriodRefused


class MonthConverter:
    """Reads and writes a month; what is no month is no address."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        try:
            return Month.parse(value)
        except PeriodRefused as error:
            raise ValueError from error

    def to_url(self, value: Month | str) -> str:
        return str(value)


register_converter(MonthConverter, "yyyymm")
