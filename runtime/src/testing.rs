//! Models for the tests of the pure floors, written by hand: what `#[tenant_model]` would write.

use crate::schema::{
    Base, ColumnDef, Conventions, Index, Kind, Literal, ModelDef, ModelRef, OnDelete, Scope, Stamps, Unique, Verbs, ir::Schema,
};

/// A model with all routes.
pub(crate) const fn model(name: &'static str, table: &'static str, doc: &'static str, columns: &'static [ColumnDef]) -> ModelDef {
    ModelDef { name, table, scope: Scope::Tenant, doc, columns, uniques: &[], indexes: &[], routes: Verbs::ALL, permissions: &[] }
}

/// A reference to a model.
pub(crate) const fn to(name: &'static str, table: &'static str, def: fn() -> &'static ModelDef) -> Kind {
    Kind::Id(ModelRef { name, table, scope: Scope::Tenant, def })
}

/// The schema of the models.
pub(crate) fn schema(models: &[&'static ModelDef]) -> Schema {
    Schema::of_models(models, &Conventions::DEFAULT)
}

macro_rules! def_fn {
    ($name:ident, $of:ident) => {
        pub(crate) fn $name() -> &'static ModelDef {
            &$of
        }
    };
}

def_fn!(note, NOTE);
def_fn!(customer, CUSTOMER);
def_fn!(order, ORDER);
def_fn!(department, DEPARTMENT);
def_fn!(employee, EMPLOYEE);

const VERSION: ColumnDef = Stamps::COLUMNS[0];
const CREATED_AT: ColumnDef = Stamps::COLUMNS[1];
const UPDATED_AT: ColumnDef = Stamps::COLUMNS[2];

/// The smallest useful model.
pub(crate) static NOTE: ModelDef = model(
    "Note",
    "notes",
    "A note of the tenant's.",
    &[
        ColumnDef::new("id", to("Note", "notes", note), false),
        ColumnDef::new("title", Kind::Text, false),
        ColumnDef::new("body", Kind::Text, true),
    ],
);

pub(crate) static CUSTOMER: ModelDef = ModelDef {
    indexes: &[Index { columns: &["status", "name"] }],
    ..model(
        "Customer",
        "customers",
        "A customer of the tenant.",
        &[
            ColumnDef::new("id", to("Customer", "customers", customer), false),
            ColumnDef { unique: true, max_len: Some(32), ..ColumnDef::new("code", Kind::Text, false) },
            ColumnDef { max_len: Some(200), filter: true, sort: true, ..ColumnDef::new("name", Kind::Text, false) },
            ColumnDef {
                default: Some(Literal::Str("active")),
                ..ColumnDef::new("status", Kind::Enum(&["active", "on_hold", "closed"]), false)
            },
            ColumnDef::new("credit_limit", Kind::Money, true),
            ColumnDef { on_delete: OnDelete::SetNull, ..ColumnDef::new("parent", to("Customer", "customers", customer), true) },
            VERSION,
            CREATED_AT,
            UPDATED_AT,
        ],
    )
};

pub(crate) static ORDER: ModelDef = ModelDef {
    uniques: &[Unique { columns: &["number", "placed_on"] }],
    ..model(
        "Order",
        "orders",
        "An order that a customer has placed.",
        &[
            ColumnDef::new("id", to("Order", "orders", order), false),
            ColumnDef { filter: true, ..ColumnDef::new("number", Kind::I64, false) },
            ColumnDef::new("customer", to("Customer", "customers", customer), false),
            ColumnDef { sort: true, ..ColumnDef::new("placed_on", Kind::Date, false) },
            ColumnDef::new("placed_by", Kind::Uuid, true),
            ColumnDef::new("total", Kind::Money, false),
            ColumnDef { default: Some(Literal::Bool(false)), filter: true, ..ColumnDef::new("paid", Kind::Bool, false) },
            ColumnDef { default: Some(Literal::Int(-1)), ..ColumnDef::new("priority", Kind::I32, false) },
            ColumnDef { default: Some(Literal::Str("it's due")), ..ColumnDef::new("user", Kind::Text, false) },
            VERSION,
            CREATED_AT,
            UPDATED_AT,
        ],
    )
};

/// Two models that refer to each other.
pub(crate) static DEPARTMENT: ModelDef = model(
    "Department",
    "departments",
    "A department; its head is one of the employees.",
    &[
        ColumnDef::new("id", to("Department", "departments", department), false),
        ColumnDef { on_delete: OnDelete::SetNull, ..ColumnDef::new("head", to("Employee", "employees", employee), true) },
    ],
);

pub(crate) static EMPLOYEE: ModelDef = model(
    "Employee",
    "employees",
    "An employee; the department may be headed by another one.",
    &[
        ColumnDef::new("id", to("Employee", "employees", employee), false),
        ColumnDef { on_delete: OnDelete::Cascade, ..ColumnDef::new("department", to("Department", "departments", department), false) },
    ],
);
