-- When the person last proved two factors in this browser (R059): at the authentication of this session, or of one that
-- it replaced. Null when never. Sessions of before this column proved what their level says.
alter table sessions add column second_factor_at timestamptz;
update sessions set second_factor_at = auth_time where level <> 'eidas1' or 'mfa' = any(amr);
