use tenantry::ModelEnum;

#[derive(Debug, ModelEnum)]
pub enum Status {
    Active,
}

fn main() {}
