//! Ordinary tests of this application: each has a database of its own.

use clinic::model::{Animal, Keeper, NewAnimal, NewVisit, Visit};
use tenantry::{ErrorKind, TenantDb};
use tenantry_testkit::{Suite, draft, drafts};

static SUITE: Suite = Suite::new(clinic::MODELS, clinic::CONVENTIONS, "migrations");

#[tenantry_testkit::test(SUITE)]
async fn an_animal_is_its_clinics_alone([a, b]: [TenantDb; 2]) {
    let keeper = a.run(Keeper::repo().create(&draft::<Keeper>())).await.unwrap();
    let new = NewAnimal { keeper: Some(keeper.id), ..draft::<Animal>() };
    let animal = a.run(Animal::repo().create(&new)).await.unwrap();
    assert_eq!(a.run(Animal::repo().find(animal.id)).await.unwrap().keeper, Some(keeper.id));
    assert_eq!(*b.run(Animal::repo().find(animal.id)).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tenantry_testkit::test(SUITE)]
async fn visits_go_with_their_animal(db: TenantDb) -> Result<(), tenantry::Error> {
    let animal = db.run(Animal::repo().create(&draft::<Animal>())).await?.id;
    for visit in drafts::<Visit>(3) {
        db.run(Visit::repo().create(&NewVisit { animal, ..visit })).await?;
    }
    db.run(Animal::repo().delete(animal)).await?;
    assert!(db.run(Visit::repo().list().unit()).await?.items.is_empty());
    Ok(())
}
