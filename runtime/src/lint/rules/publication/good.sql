-- What belongs to no tenant may be published.
create schema elsewhere;
create table elsewhere.countries (code text primary key);
create publication countries for table elsewhere.countries;
