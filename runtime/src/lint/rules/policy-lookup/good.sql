-- What a row refers to is a foreign key's business, not a policy's.
alter table app.products add constraint products_category_again foreign key (tenant_id, category)
  references app.categories (tenant_id, id) on delete set null (category) not valid;
alter table app.products drop constraint products_category_again;
