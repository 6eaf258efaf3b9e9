-- A trusted language runs within the database.
create or replace trusted language plpgsql;
