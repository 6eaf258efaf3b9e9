//! Ordinary tests of this application: each has a database of its own.

use clinic::model::{Animal, Breed, Keeper, NewAnimal, NewVisit, Visit};
use tenantry::{ErrorKind, Platform, Tenancy, TenantDb};
use tenantry_testkit::{ACT, Suite, draft, drafts};

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
async fn all_clinics_know_a_breed((platform, _service, clinics): (Platform, Tenancy, [TenantDb; 2])) {
    let breed = platform.shared::<Breed>().create(&draft::<Breed>(), ACT).await.unwrap();
    for clinic in clinics {
        let new = NewAnimal { breed: Some(breed.id), ..draft::<Animal>() };
        let animal = clinic.run(Animal::repo().create(&new)).await.unwrap();
        assert_eq!(clinic.run(Breed::repo().find(animal.breed.unwrap())).await.unwrap().name, breed.name);
    }
    assert!(matches!(platform.shared::<Breed>().delete(breed.id, ACT).await.unwrap_err().kind(), ErrorKind::Referenced { .. }));
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
