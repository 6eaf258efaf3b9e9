alter table app.products add column sibling uuid,
  add constraint products_sibling_fkey foreign key (tenant_id, sibling) references app.products (tenant_id,
    id) on delete set null (sibling);
