-- bad: everything
create publication everything for all tables;

-- bad: products
create publication products for table app.products;

-- bad: schema_app
create publication schema_app for tables in schema app;
