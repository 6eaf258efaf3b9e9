use tenantry::{Act, Id, Platform, TenantDb, tenant_model};

#[tenant_model(table = "countries", shared)]
pub struct Country {
    pub id: Id<Country>,
}

#[tenant_model(table = "branches")]
pub struct Branch {
    pub id: Id<Branch>,
}

// What all tenants share is read by them and written by the platform.
async fn tenant(db: &TenantDb, id: Id<Country>) {
    let country = db.run(Country::repo().find(id)).await.unwrap();
    let _ = country.tenant_id;
    let _ = db.run(Country::repo().create(&NewCountry {})).await;
    let _ = db.run(Country::repo().delete(id)).await;
}

// And what is a tenant's is not.
async fn platform(platform: &Platform, act: Act<'_>) {
    let _ = platform.shared::<Branch>().create(&NewBranch {}, act).await;
}

fn main() {}
