alter table app.products alter column tenant_id set default tenancy.current_tenant(), alter column tenant_id set not null;
