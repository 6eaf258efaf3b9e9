//! Two models that refer to each other, and one that refers to itself.

use tenantry::schema::{ColumnDef, Kind};
use tenantry::{Id, Model, tenant_model};

#[tenant_model(table = "departments")]
pub(crate) struct Department {
    id: Id<Department>,
    head: Option<Id<Employee>>,
}

#[tenant_model(table = "employees")]
pub(crate) struct Employee {
    id: Id<Self>,
    department: Id<Department>,
    superior: Option<Id<Self>>,
}

fn table_behind(column: &ColumnDef) -> Option<&'static str> {
    column.reference().map(|model| (model.def)().table)
}

#[test]
fn the_types_name_the_tables() {
    let tables: Vec<_> = Department::DEF.columns.iter().chain(Employee::DEF.columns).map(table_behind).collect();
    assert_eq!(tables, [None, Some("employees"), None, Some("departments"), Some("employees")]);
}

#[test]
fn self_is_the_model_in_the_transfer_objects_too() {
    let superior: Option<Id<Employee>> = NewEmployee { department: Id::generate(), superior: None }.superior;
    assert_eq!(superior, None);
    assert!(matches!(Employee::DEF.columns.first().map(|column| column.kind), Some(Kind::Id(model)) if model.name == "Employee"));
}
