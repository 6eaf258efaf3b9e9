-- bad: app.products
alter table app.products drop constraint products_category_fkey,
  add constraint products_category_fkey foreign key (tenant_id, category) references app.categories (tenant_id, id) on delete set null;

-- bad: app.products
alter table app.products drop constraint products_category_fkey,
  add constraint products_category_fkey foreign key (tenant_id, category) references app.categories (tenant_id, id)
    on delete set default (tenant_id, category);

-- bad: app.products
alter table app.products drop constraint products_category_fkey,
  add constraint products_category_fkey foreign key (tenant_id, category) references app.categories (tenant_id, id) on update cascade;
