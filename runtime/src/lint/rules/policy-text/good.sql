-- The setting is a text that is cast; the column is not.
alter policy tenant_rows on app.products using (tenant_id = cast(nullif(current_setting('app.tenant_id', true), '') as uuid));
