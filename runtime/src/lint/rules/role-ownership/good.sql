create table app.mine (id int);
drop table app.mine;
