grant execute on function set_config(text, text, boolean) to tenantry_migrator;
