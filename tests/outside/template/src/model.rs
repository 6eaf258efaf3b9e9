//! Keepers, their animals, the visits of these; and the breeds that all clinics know.

use tenantry::{Date, Id, ModelEnum, Money, Stamps, tenant_model};

/// A breed: the same for all clinics.
#[tenant_model(table = "breeds", shared)]
pub struct Breed {
    /// The key.
    pub id: Id<Breed>,
    /// What it is called.
    #[model(unique, max_len = 80, filter, sort)]
    pub name: String,
    /// What kind of animal it is of.
    #[model(filter)]
    pub species: Species,
}

/// Who brings the animals.
#[tenant_model(table = "keepers")]
pub struct Keeper {
    /// The key.
    pub id: Id<Keeper>,
    /// The full name.
    #[model(max_len = 120, filter, sort)]
    pub name: String,
    /// The telephone number.
    #[model(max_len = 40)]
    pub phone: Option<String>,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}

/// What kind of animal it is.
#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
pub enum Species {
    /// A dog.
    Dog,
    /// A cat.
    Cat,
    /// Any other.
    Other,
}

/// An animal.
#[tenant_model(table = "animals")]
pub struct Animal {
    /// The key.
    pub id: Id<Animal>,
    /// The number of its chip, unique within the clinic.
    #[model(unique, max_len = 15)]
    pub chip: String,
    /// What it is called.
    #[model(max_len = 80, filter, sort)]
    pub name: String,
    /// What kind of animal it is.
    #[model(filter)]
    pub species: Species,
    /// Its breed, as far as that can be told.
    #[model(filter, references(on_delete = "restrict"))]
    pub breed: Option<Id<Breed>>,
    /// Who brings it; a stray has nobody.
    #[model(references(on_delete = "set null"))]
    pub keeper: Option<Id<Keeper>>,
    /// Its mother, when she is a patient, too.
    #[model(references(on_delete = "set null"))]
    pub dam: Option<Id<Animal>>,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}

/// A visit of an animal; it goes with the animal.
#[tenant_model(table = "visits", unique(animal, day))]
pub struct Visit {
    /// The key.
    pub id: Id<Visit>,
    /// The patient.
    #[model(references(on_delete = "cascade"), filter)]
    pub animal: Id<Animal>,
    /// When it came.
    #[model(sort)]
    pub day: Date,
    /// The visit that it follows upon; at most one does.
    #[model(unique, references(on_delete = "set null"))]
    pub follows: Option<Id<Visit>>,
    /// What it costs.
    pub fee: Money,
    /// What the veterinary surgeon noted.
    #[model(max_len = 1000)]
    pub note: Option<String>,
    /// How often and when it was changed.
    #[model(flatten)]
    pub stamps: Stamps,
}
