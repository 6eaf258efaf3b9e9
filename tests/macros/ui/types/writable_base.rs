use tenantry::schema::{Cells, ColumnDef, Kind, ReadError};
use tenantry::{Base, Id, tenant_model};

#[derive(Debug, serde::Serialize)]
pub struct Address {
    pub street: String,
}

impl Base for Address {
    const COLUMNS: &'static [ColumnDef] = &[ColumnDef::new("street", Kind::Text, false)];

    fn read(_: &mut Cells<'_>) -> Result<Self, ReadError> {
        Err(ReadError::Missing)
    }

    fn write<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("street", &self.street)
    }
}

#[tenant_model(table = "customers")]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(flatten)]
    pub address: Address,
}

fn main() {
    let _ = <Customer as tenantry::Model>::DEF;
}
