//! The models after.

use tenantry::{Entry, Id, Stamps, tenant_model};

/// A customer of the tenant.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    pub(crate) id: Id<Customer>,
    #[model(max_len = 200)]
    pub(crate) name: String,
}

/// An order of a customer.
#[tenant_model(table = "orders")]
pub(crate) struct Order {
    pub(crate) id: Id<Order>,
    #[model(references(on_delete = "cascade"))]
    pub(crate) customer: Id<Customer>,
    #[model(flatten)]
    pub(crate) stamps: Stamps,
}

/// A department; its head is one of the employees.
#[tenant_model(table = "departments")]
pub(crate) struct Department {
    pub(crate) id: Id<Department>,
    #[model(references(on_delete = "set null"))]
    pub(crate) head: Option<Id<Employee>>,
}

/// An employee.
#[tenant_model(table = "employees")]
pub(crate) struct Employee {
    pub(crate) id: Id<Employee>,
    pub(crate) department: Id<Department>,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Order>(), Entry::of::<Customer>(), Entry::of::<Department>(), Entry::of::<Employee>()];
