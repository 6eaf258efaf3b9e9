select t.name as object, format('there is no column %s', g.tenant_column) as what,
       format('add %I to the key of %s, or declare that the table is shared by all tenants', g.tenant_column, t.name) as remedy
  from tables t cross join given g
 where t.tenant is null and not exists (select from arms a where a.relation = t.name)
   and (g.house or exists (select from limited_roles r
                            where has_any_column_privilege(r.oid, t.oid, 'insert, update') or has_table_privilege(r.oid, t.oid, 'delete')))
union all
select t.name, format('%s may be null', g.tenant_column), format('alter table %s alter column %I set not null', t.name, g.tenant_column)
  from tables t cross join given g where t.tenant is not null and not t.tenant_not_null
union all
select t.name, format('%s is of the type %s and not %s', g.tenant_column, t.tenant_type, g.tenant_type),
       format('alter table %s alter column %I type %s using …, with the policies dropped and made again', t.name, g.tenant_column,
         g.tenant_type)
  from tables t cross join given g where t.tenant is not null and t.tenant_type <> g.tenant_type
union all
select t.name, format('the default of %s is %s and not the context', g.tenant_column, coalesce(t.tenant_default, 'missing')),
       format('alter table %s alter column %I set default %s', t.name, g.tenant_column, g.tenant_default)
  from tables t cross join given g
 where t.tenant is not null and not t.is_child and t.tenant_default is distinct from g.tenant_default and g.tenant_default is not null
