-- What happened on a device that is known to be shared, whoever it was. Few sign-ins are of that kind, so that hardly any
-- login writes into it; and a completion leaves it alone.
create index connections_on_shared_device on connections (device, id)
  where 'shared_device' = any (unusual);
