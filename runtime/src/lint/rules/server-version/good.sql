-- Nothing that SQL can do makes a server newer: the suite asks with other floors.
select version();
