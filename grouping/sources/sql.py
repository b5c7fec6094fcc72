"""SQL of deliveries."""

from __future__ import annotations

# Of files received before their day of delivery was kept: the day they came, as the office's clock says.
FILL_DAY_OF_DELIVERY = """
do $fill$
declare a bigint;
begin
  for a in select id from public.alliance_alliance loop
    perform set_config('app.alliance', a::text, true);
    update public.grouping_casefile set delivered_on = (received_at at time zone 'Asia/Shanghai')::date
      where alliance_id = a and delivered_on is null;
  end loop;
  perform set_config('app.alliance', '', true);
end $fill$;
"""
