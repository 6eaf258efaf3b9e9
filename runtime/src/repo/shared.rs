//! What all tenants share: the rows of shared models, which the platform alone writes.

use std::fmt;
use std::marker::PhantomData;

use uuid::Uuid;

use super::{Erased, List, ListQuery, One, Page, Values, ValuesPage, create, delete, find, update};
use crate::db::{Act, Error, ErrorKind, Platform};
use crate::schema::platform::PLATFORM;
use crate::schema::{Arg, Id, ModelDef, NewRow as _, Patch as _, Scope, SharedModel};

/// The rows of a shared model, to be written: [`Platform::shared`].
///
/// ```
/// # use tenantry::{Act, Error, Id, Platform, tenant_model};
/// #[tenant_model(table = "countries", shared)]
/// pub struct Country {
///     pub id: Id<Country>,
///     #[model(unique, max_len = 2)]
///     pub code: String,
/// }
///
/// async fn add(platform: &Platform) -> Result<Id<Country>, Error> {
///     let act = Act { operator: "ada", reason: "ticket 4711: they deliver to Iceland" };
///     Ok(platform.shared::<Country>().create(&NewCountry { code: "IS".to_owned() }, act).await?.id)
/// }
/// ```
pub struct Shared<'p, M> {
    platform: &'p Platform,
    model: PhantomData<fn() -> M>,
}

/// The same by a definition, with rows as values: for tools that only know definitions. [`Platform::shared_values`].
#[derive(Clone, Copy, Debug)]
pub struct SharedValues<'p> {
    platform: &'p Platform,
    def: &'static ModelDef,
}

impl Platform {
    /// The rows of a model that all tenants share. Tenants read them by [`Repo`](crate::Repo).
    #[must_use]
    pub const fn shared<M: SharedModel>(&self) -> Shared<'_, M> {
        Shared { platform: self, model: PhantomData }
    }

    /// The rows of a model that all tenants share, by its definition; none when it is no shared one of the application's.
    #[must_use]
    pub fn shared_values(&self, def: &'static ModelDef) -> Option<SharedValues<'_>> {
        (def.scope == Scope::Shared && !PLATFORM.iter().any(|own| own.table == def.table)).then_some(SharedValues { platform: self, def })
    }
}

/// The one result of one unit.
fn single<T>(all: Vec<T>) -> Result<T, Error> {
    all.into_iter().next().ok_or_else(|| ErrorKind::Internal.into())
}

impl<M: SharedModel> Shared<'_, M> {
    /// The row with that key.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when there is none.
    pub async fn find(self, id: Id<M>) -> Result<M, Error> {
        self.platform.read(find(M::DEF, id.uuid(), One(None))).await
    }

    /// A page of rows.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list(self, list: List<M>) -> Result<Page<M>, Error> {
        self.platform.read(list.unit()).await
    }

    /// A new row, as it is stored.
    ///
    /// # Errors
    /// [`Unique`](ErrorKind::Unique), [`Check`](ErrorKind::Check) or [`Reference`](ErrorKind::Reference) when the row is not as its model says,
    /// [`Rule`](ErrorKind::Rule) when the act is not as it must be.
    pub async fn create(self, new: &M::New, act: Act<'_>) -> Result<M, Error> {
        single(self.create_all([new], act).await?)
    }

    /// New rows by one act: all of them, or none when one cannot be.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub async fn create_all<'n>(self, new: impl IntoIterator<Item = &'n M::New>, act: Act<'_>) -> Result<Vec<M>, Error> {
        let unit = |new: &M::New| {
            let mut values = Vec::new();
            new.bind(&mut values);
            create(M::DEF, values, One(None))
        };
        self.platform.write(M::DEF, new.into_iter().map(unit).collect(), act).await
    }

    /// Changes a row and returns it. A patch that changes nothing writes nothing, and is no act.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when there is none, and as [`create`](Self::create).
    pub async fn update(self, id: Id<M>, patch: &M::Patch, act: Act<'_>) -> Result<M, Error> {
        single(self.platform.write(M::DEF, vec![update(M::DEF, id.uuid(), patch.changes(), One(None))], act).await?)
    }

    /// Deletes a row that nothing refers to.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when there is none, [`Referenced`](ErrorKind::Referenced) when a row of some tenant refers to it,
    /// [`Rule`](ErrorKind::Rule) when the act is not as it must be.
    pub async fn delete(self, id: Id<M>, act: Act<'_>) -> Result<(), Error> {
        single(self.platform.write(M::DEF, vec![delete(M::DEF, id.uuid())], act).await?)
    }
}

impl SharedValues<'_> {
    /// The row with that key; of its values, the tenant means nothing. Errors are those of [`Shared`], here and in what follows.
    ///
    /// # Errors
    /// As [`Shared::find`].
    pub async fn find(self, id: Uuid) -> Result<Values, Error> {
        self.platform.read(Erased::of(self.def).find(id)).await
    }

    /// A page of rows.
    ///
    /// # Errors
    /// As [`Shared::list`].
    pub async fn list(self, query: ListQuery) -> Result<ValuesPage, Error> {
        self.platform.read(Erased::of(self.def).list(query)).await
    }

    /// Makes a row of the values of [`ModelDef::insertable`], in its order.
    ///
    /// # Errors
    /// As [`Shared::create`].
    pub async fn create(self, values: Vec<Vec<Arg>>, act: Act<'_>) -> Result<Values, Error> {
        single(self.platform.write(self.def, vec![Erased::of(self.def).create(values)], act).await?)
    }

    /// Changes a row; one entry for each column of [`ModelDef::updatable`], `None` to keep what it has.
    ///
    /// # Errors
    /// As [`Shared::update`].
    pub async fn update(self, id: Uuid, changes: Vec<Option<Vec<Arg>>>, act: Act<'_>) -> Result<Values, Error> {
        single(self.platform.write(self.def, vec![Erased::of(self.def).update(id, changes)], act).await?)
    }

    /// Deletes a row that nothing refers to.
    ///
    /// # Errors
    /// As [`Shared::delete`].
    pub async fn delete(self, id: Uuid, act: Act<'_>) -> Result<(), Error> {
        single(self.platform.write(self.def, vec![Erased::of(self.def).delete(id)], act).await?)
    }
}

impl<M> Clone for Shared<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Shared<'_, M> {}

impl<M: SharedModel> fmt::Debug for Shared<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared<{}>", M::NAME)
    }
}
