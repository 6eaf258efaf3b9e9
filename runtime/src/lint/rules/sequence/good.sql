-- One that the operator alone uses.
set role tenantry_owner;
create sequence tenancy.batches;
