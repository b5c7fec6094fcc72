"""A month in an address: 2026-10."""

from django.urls import register_converter

from alliance.lib.period import SERVED_YEARS, Month, PeriodRefused


class MonthConverter:
    """Reads and writes a month; what is no month is no address."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        try:
            month = Month.parse(value)
        except PeriodRefused as error:
            raise ValueError from error
        if month.year not in SERVED_YEARS:
            raise ValueError(value)
        return month

    def to_url(self, value: Month | str) -> str:
        return str(value)


register_converter(MonthConverter, "yyyymm")
