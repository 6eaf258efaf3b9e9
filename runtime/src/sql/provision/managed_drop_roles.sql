-- Each role drops what it is owed, since making a role does not let its maker act for it.
do $$
declare
  r name;
begin
  foreach r in array array['{owner}', '{migrator}', '{app}', '{platform}', '{identity}', '{backup}', '{lookup}']::name[] loop
    execute format('grant %I to current_user', r);
    execute format('set local role %I', r);
    execute format('drop owned by %I', r);
    reset role;
  end loop;
end $$;
drop role {owner}, {migrator}, {app}, {platform}, {identity}, {backup}, {lookup};
